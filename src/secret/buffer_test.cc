// SPDX-License-Identifier: Apache-2.0
#include "secret/buffer.h"

#include <gmock/gmock.h>
#include <ostream>
#include <string>
#include <type_traits>

#include "support/bytes.h"

namespace vmcred::secret {
namespace {

using test_support::bytes_of;

template <typename T>
concept Streamable = requires(std::ostream& stream, const T& value) { stream << value; };
template <typename T>
concept Comparable = requires(const T& a, const T& b) { a == b; };

// Nothing gets out of a buffer by accident.
static_assert(!std::is_copy_constructible_v<SecretBuffer>);
static_assert(!std::is_copy_assignable_v<SecretBuffer>);
static_assert(std::is_nothrow_move_constructible_v<SecretBuffer>);
static_assert(std::is_nothrow_move_assignable_v<SecretBuffer>);
static_assert(!std::is_convertible_v<SecretBuffer, std::string>);
static_assert(!std::is_constructible_v<std::string, SecretBuffer>);
static_assert(!std::is_convertible_v<SecretBuffer, std::string_view>);
static_assert(!std::is_constructible_v<std::string_view, SecretBuffer>);
static_assert(!std::is_convertible_v<SecretBuffer, std::span<const std::byte>>);
static_assert(!std::is_convertible_v<SecretBuffer, bool>);
static_assert(!Streamable<SecretBuffer>);
static_assert(!Comparable<SecretBuffer>);

SecretBuffer buffer_of(std::string_view text) {
  auto buffer = SecretBuffer::copy_of(bytes_of(text));
  EXPECT_TRUE(buffer) << buffer.error().what;
  return *std::move(buffer);
}

bool are_zero(const std::byte* start, std::size_t size) {
  return std::all_of(start, start + size, [](std::byte byte) { return byte == std::byte{0}; });
}

TEST(SecretBufferTest, HoldsACopyOfEveryByte) {
  const SecretBuffer buffer = buffer_of(test_support::all_bytes());
  EXPECT_EQ(buffer.size(), 256U);
  EXPECT_FALSE(buffer.empty());
  EXPECT_EQ(test_support::text_of(buffer.bytes()), test_support::all_bytes());
}

TEST(SecretBufferTest, StartsZeroed) {
  const auto buffer = SecretBuffer::zeroed(10'000);
  ASSERT_TRUE(buffer);
  EXPECT_TRUE(are_zero(buffer->bytes().data(), 10'000));
}

TEST(SecretBufferTest, MayBeEmpty) {
  auto buffer = SecretBuffer::zeroed(0);
  ASSERT_TRUE(buffer);
  EXPECT_TRUE(buffer->empty());
  EXPECT_TRUE(buffer->bytes().empty());
  EXPECT_TRUE(buffer->equals({}));
  EXPECT_FALSE(buffer->equals(bytes_of("x")));
  buffer->truncate(0);
  EXPECT_TRUE(buffer_of("").empty());
}

TEST(SecretBufferTest, AMoveTakesTheBytesAlong) {
  SecretBuffer first = buffer_of("value");
  const std::byte* place = first.bytes().data();
  SecretBuffer second(std::move(first));
  EXPECT_EQ(second.bytes().data(), place);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(first.bytes().empty());
  SecretBuffer third = buffer_of("another");
  third = std::move(second);
  EXPECT_TRUE(third.equals(bytes_of("value")));
  SecretBuffer& itself = third;
  third = std::move(itself);
  EXPECT_TRUE(third.equals(bytes_of("value")));
}

// The other buffer keeps their common pages mapped, so that the first one's bytes can be looked for after its
// end.
TEST(SecretBufferTest, WipesItsBytesWhenItGoes) {
  const SecretBuffer other = buffer_of("keeps the pages");
  const std::byte* place = nullptr;
  {
    const SecretBuffer buffer = buffer_of("canary canary canary");
    place = buffer.bytes().data();
    ASSERT_LT(std::abs(place - other.bytes().data()), 32 * 1024) << "not in the same pages";
  }
  EXPECT_TRUE(are_zero(place, 20));
}

TEST(SecretBufferTest, WipesItsBytesWhenItGetsOthers) {
  const SecretBuffer other = buffer_of("keeps the pages");
  SecretBuffer buffer = buffer_of("canary canary canary");
  const std::byte* place = buffer.bytes().data();
  buffer = buffer_of("new");
  EXPECT_TRUE(are_zero(place, 20));
  EXPECT_TRUE(buffer.equals(bytes_of("new")));
}

TEST(SecretBufferTest, TruncateWipesWhatIsCutOff) {
  SecretBuffer buffer = buffer_of("keep, canary");
  const std::byte* place = buffer.bytes().data();
  buffer.truncate(4);
  EXPECT_TRUE(buffer.equals(bytes_of("keep")));
  EXPECT_TRUE(are_zero(place + 4, 8));
  buffer.truncate(0);
  EXPECT_TRUE(buffer.empty());
  EXPECT_TRUE(are_zero(place, 12));
}

TEST(SecretBufferTest, EqualsComparesEveryByteAndTheSize) {
  const SecretBuffer buffer = buffer_of("value");
  EXPECT_TRUE(buffer.equals(bytes_of("value")));
  for (const std::string other : {"", "valu", "values", "valuE", "Value", "vaxue"})
    EXPECT_FALSE(buffer.equals(bytes_of(other))) << other;
}

}  // namespace
}  // namespace vmcred::secret
