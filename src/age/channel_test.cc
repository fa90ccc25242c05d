// SPDX-License-Identifier: Apache-2.0
// A read that fails in the middle of a file ends the reading with that error, and nothing more is given out.
// A failure that is gone at the next read must not be passed over either.
#include "age/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <array>

#include "age/age.h"
#include "age/armor.h"
#include "age/failure.h"
#include "age/header.h"
#include "age/payload.h"
#include "base/file.h"
#include "base/text.h"
#include "support/bytes.h"

namespace vmcred::age {
namespace {

using test_support::text_of;

constexpr std::string_view k_break = "the disk has a bad sector";
enum class Broken { once, for_ever };
constexpr std::array k_ways = {Broken::once, Broken::for_ever};

// Gives what stands before the break, and fails the read that wants more. One that is broken once goes on
// afterwards as if nothing had been, so that whoever drops the failure ends well.
class BrokenSource : public Source {
 public:
  BrokenSource(std::string_view text, std::size_t sound, Broken broken)
      : m_source(bytes_of(text)), m_sound(sound), m_broken(broken) {}

  base::Result<std::size_t> read(crypto::WritableBytes bytes) override {
    if (bytes.size() > m_sound && !(m_has_failed && m_broken == Broken::once)) {
      m_has_failed = true;
      return base::Error{.kind = base::ErrorKind::io, .what = std::string(k_break)};
    }
    m_sound -= std::min(m_sound, bytes.size());
    return m_source.read(bytes);
  }

 private:
  MemorySource m_source;
  std::size_t m_sound;
  Broken m_broken;
  bool m_has_failed = false;
};

std::string counted_bytes(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 / 7);
  return text;
}

struct Reading {
  std::string given;
  std::string error;  // "": none
};

// All of the source, in pieces.
Reading read_all(Source& source, std::size_t piece) {
  Reading reading;
  for (std::string part(piece, '\0');;) {
    const auto size = source.read(std::as_writable_bytes(std::span(part)));
    if (!size) {
      reading.error = size.error().what;
      return reading;
    }
    reading.given += part.substr(0, *size);
    if (*size < piece) return reading;
  }
}

std::string armored(std::string_view bytes) {
  std::vector<std::byte> text;
  MemorySink sink(text);
  ArmorWriter writer(sink);
  EXPECT_TRUE(writer.write(bytes_of(bytes)));
  EXPECT_TRUE(writer.finish());
  return text_of(text);
}

TEST(BrokenSources, EndTheReadingOfArmorWhereverTheyBreak) {
  const std::string bytes = counted_bytes(3000);
  const std::string text = armored(bytes);
  for (const Broken way : k_ways)
    for (const std::size_t piece : {1UL, 48UL, 100UL, 6000UL})
      for (std::size_t sound = 0; sound < text.size(); sound += 7) {
        BrokenSource source(text, sound, way);
        ArmorReader reader(source);
        const Reading reading = read_all(reader, piece);
        ASSERT_EQ(reading.error, k_break) << sound << " in pieces of " << piece;
        ASSERT_TRUE(bytes.starts_with(reading.given)) << sound << " in pieces of " << piece;
        ASSERT_LE(reading.given.size(), sound);
      }
}

TEST(BrokenSources, EndTheReadingOfArmorBehindTheFirstLookAhead) {
  const std::string bytes = counted_bytes(200'000);
  const std::string text = armored(bytes);
  for (const Broken way : k_ways)
    for (const std::size_t sound : {65'000UL, 70'000UL, 140'000UL, text.size() - 1}) {
      BrokenSource source(text, sound, way);
      ArmorReader reader(source);
      const Reading reading = read_all(reader, k_chunk_bytes);
      EXPECT_EQ(reading.error, k_break) << sound;
      EXPECT_TRUE(bytes.starts_with(reading.given)) << sound;
    }
}

TEST(BrokenSources, EndTheReadingOfAHeaderAsWhatTheyAre) {
  const auto identity = generate_identity();
  ASSERT_TRUE(identity);
  Recipients recipients;
  recipients.push_back(*parse_recipient(identity->recipient));
  const auto file = encrypt(bytes_of("x"), recipients, Armor::no);
  ASSERT_TRUE(file);
  const std::string text = text_of(*file);
  const std::size_t header_end = text.find('\n', text.find("\n---") + 1);
  for (const Broken way : k_ways)
    for (std::size_t sound = 0; sound < header_end; ++sound) {
      BrokenSource source(text, sound, way);
      BufferedSource buffered(source);
      const auto header = read_header(buffered);
      ASSERT_FALSE(header) << sound;
      ASSERT_EQ(header.error().what, k_break) << sound;
    }
}

// Of 16 full chunks at most.
struct Opened {
  std::string plaintext;
  base::Result<void> result;
};

Opened open_all(crypto::Bytes key, Source& sealed) {
  auto sink = SecretSink::with_room(16 * k_chunk_bytes);
  EXPECT_TRUE(sink);
  auto result = open_payload(key, sealed, *sink, 0);
  const auto plaintext = sink->take();
  return {.plaintext = text_of(plaintext.bytes()), .result = std::move(result)};
}

constexpr std::string_view k_key = "the payload key has 32 bytes ...";

TEST(BrokenSources, EndTheOpeningOfAPayloadBehindWholeChunks) {
  const std::string plaintext = counted_bytes(3 * k_chunk_bytes + 100);
  MemorySource source(bytes_of(plaintext));
  std::vector<std::byte> sealed;
  MemorySink sink(sealed);
  ASSERT_TRUE(seal_payload(bytes_of(k_key), source, sink, 0));
  const std::size_t chunk = k_chunk_bytes + 16;
  for (const Broken way : k_ways)
    for (const std::size_t sound : {0UL, 1UL, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk - 1,
                                    3 * chunk, 3 * chunk + 50, sealed.size() - 1}) {
      const std::string text = text_of(sealed);
      BrokenSource broken(text, sound, way);
      const Opened opened = open_all(bytes_of(k_key), broken);
      ASSERT_FALSE(opened.result) << sound;
      EXPECT_EQ(opened.result.error().what, k_break) << sound;
      EXPECT_EQ(failure_of(opened.result.error()), Failure::none);
      EXPECT_TRUE(plaintext.starts_with(opened.plaintext)) << sound;
      EXPECT_EQ(opened.plaintext.size() % k_chunk_bytes, 0U) << sound;
      EXPECT_LE(opened.plaintext.size(), sound);
    }
}

TEST(BrokenSources, AreNotSealedAsIfTheyHadEnded) {
  const std::string plaintext = counted_bytes(2 * k_chunk_bytes + 100);
  for (const Broken way : k_ways)
    for (const std::size_t sound : {0UL, 1UL, k_chunk_bytes, 2 * k_chunk_bytes, plaintext.size() - 1}) {
      BrokenSource source(plaintext, sound, way);
      std::vector<std::byte> sealed;
      MemorySink sink(sealed);
      const auto result = seal_payload(bytes_of(k_key), source, sink, 0);
      ASSERT_FALSE(result) << sound;
      EXPECT_EQ(result.error().what, k_break);
      MemorySource cut(sealed);
      EXPECT_FALSE(open_all(bytes_of(k_key), cut).result) << "what was written must not pass for a file";
    }
}

// A pipe that holds the start of `text` and gives an error where more is read.
class StuckPipe {
 public:
  StuckPipe(std::string_view text, std::size_t sound) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    m_reader = base::UniqueFd(ends[0]);
    m_writer = base::UniqueFd(ends[1]);
    EXPECT_GE(::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
    EXPECT_TRUE(base::write_all(ends[1], bytes_of(text.substr(0, sound)), "pipe"));
  }
  Channel channel() const { return {.fd = m_reader.get(), .subject = "the pipe"}; }

 private:
  base::UniqueFd m_reader;
  base::UniqueFd m_writer;
};

std::string contents_of(int file) {
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  EXPECT_EQ(::pread(file, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  return text;
}

TEST(BrokenSources, AreDescriptorsThatFailToo) {
  const auto generated = generate_identity();
  ASSERT_TRUE(generated);
  Recipients recipients;
  recipients.push_back(*parse_recipient(generated->recipient));
  Identities identities;
  identities.push_back(*parse_identity(generated->secret_key.bytes()));
  const std::string plaintext = counted_bytes(250'000);
  for (const Armor armor : {Armor::no, Armor::yes}) {
    const auto file = encrypt(bytes_of(plaintext), recipients, armor);
    ASSERT_TRUE(file);
    const std::string text = text_of(*file);
    for (const std::size_t sound : {0UL, 10UL, 190UL, 1500UL, 70'000UL, 150'000UL, text.size()}) {
      const StuckPipe input(text, sound);
      const base::UniqueFd output(::memfd_create("output", MFD_CLOEXEC));
      const auto result =
          decrypt_stream(input.channel(), {.fd = output.get(), .subject = "output"}, identities);
      ASSERT_FALSE(result) << sound;
      EXPECT_TRUE(result.error().what.starts_with("the pipe: ")) << result.error().what;
      EXPECT_EQ(failure_of(result.error()), Failure::none);
      const std::string given = contents_of(output.get());
      EXPECT_TRUE(plaintext.starts_with(given)) << sound;
      EXPECT_EQ(given.size() % k_chunk_bytes, 0U) << sound;
    }
  }
}

}  // namespace
}  // namespace vmcred::age
