// SPDX-License-Identifier: Apache-2.0
#include "credential/pull.h"

#include <gtest/gtest.h>

#include "credential/archive.h"
#include "support/bytes.h"

namespace vmcred::credential {
namespace {

using test_support::bytes_of;
using Channel = PullSource::Channel;
using Kind = PullAnswer::Kind;

TEST(PullSourceTest, ReadsWhatItWrites) {
  const PullSource sources[] = {{.channel = Channel::vsock, .vsock_port = 9998},
                                {.channel = Channel::vsock, .vsock_port = 0x77000003},
                                {.channel = Channel::virtio_serial},
                                {.channel = Channel::mmds}};
  const char* texts[] = {"vsock:9998", "vsock:1996488707", "virtio-serial", "mmds"};
  for (std::size_t i = 0; i < std::size(sources); ++i) {
    EXPECT_EQ(pull_source_text(sources[i]), texts[i]);
    EXPECT_EQ(parse_pull_source(texts[i]), sources[i]);
  }
}

TEST(PullSourceTest, RefusesAllElse) {
  for (const char* text :
       {"", "vsock", "vsock:", "vsock:x", "vsock:1x", "vsock:-1", "vsock: 1", "vsock:0", "vsock:4294967295",
        "vsock:4294967296", "mmds:1", "mmds ", "virtio-serial:x", "http"})
    EXPECT_FALSE(parse_pull_source(text)) << text;
}

TEST(PullAnswerTest, ReadsWhatItWrites) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{12}, std::size_t{70000}, k_max_archive_bytes}) {
    const auto length = pull_length(size);
    const auto answer = read_pull_answer(length);
    EXPECT_EQ(answer.kind, Kind::archive);
    EXPECT_EQ(answer.archive_bytes, size);
    for (std::size_t i = 0; i < length.size(); ++i)
      EXPECT_EQ(read_pull_answer(std::span(length).first(i)).kind, Kind::unfinished);
  }
}

TEST(PullAnswerTest, KnowsRefusalsAndWrongLengths) {
  EXPECT_EQ(read_pull_answer(bytes_of("gone")).kind, Kind::unfinished);
  EXPECT_EQ(read_pull_answer(bytes_of("gone\n")).kind, Kind::gone);
  EXPECT_EQ(read_pull_answer(bytes_of("gone\nxyz")).kind, Kind::gone);
  EXPECT_EQ(read_pull_answer(bytes_of("vmcred-p")).kind, Kind::wrong);
  EXPECT_EQ(read_pull_answer(pull_length(0)).kind, Kind::wrong);
  EXPECT_EQ(read_pull_answer(pull_length(k_max_archive_bytes + 1)).kind, Kind::wrong);
  EXPECT_EQ(read_pull_answer(pull_length(~std::size_t{0})).kind, Kind::wrong);
}

}  // namespace
}  // namespace vmcred::credential
