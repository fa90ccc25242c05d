// SPDX-License-Identifier: Apache-2.0
#include "credential/provider_protocol.h"

#include <gmock/gmock.h>
#include <string>

namespace vmcred::credential {
namespace {

using namespace std::string_literals;

std::string parsed(const std::string& name) {
  const auto request = parse_peer_name(name);
  return request ? request->unit + " " + request->id.text() : "(refused)";
}

TEST(ProviderProtocolTest, TakesWhatSystemdSends) {
  EXPECT_EQ(parsed("\0835a73d09459a9b/unit/run-p68-i66623.service/ok"s), "run-p68-i66623.service ok");
  EXPECT_EQ(parsed("\0a/unit/microvm@web.service/host-api-key"s), "microvm@web.service host-api-key");
  EXPECT_EQ(parsed("\0"
                   "0123456789abcdef/unit/microvm@web-2.service/host-x"s),
            "microvm@web-2.service host-x");
  EXPECT_EQ(parsed("\0"
                   "0/unit/dev-disk\\x2dx.mount/a b@c"s),
            "dev-disk\\x2dx.mount a b@c");
}

TEST(ProviderProtocolTest, RefusesWhatIsNearlyRight) {
  for (const std::string& name : {
           ""s,
           "\0"s,
           "a/unit/u.service/id"s,   // a path
           "@a/unit/u.service/id"s,  // as ss(8) shows it
           "\0/unit/u.service/id"s,  // no digit
           "\0"
           "00123456789abcdef/unit/u.service/id"s,  // 17 digits
           "\0A/unit/u.service/id"s,                // not systemd's digits
           "\0g/unit/u.service/id"s,
           "\0a/unit/u.service/id\0"s,  // ends with a NUL, as a C string
           "\0a/unit/u.service/id\0\0\0"s,
           "\0a/unit/u.service/"s,
           "\0a/unit/u.service"s,
           "\0a/unit//id"s,
           "\0a/unit/id"s,
           "\0a/user/u.service/id"s,
           "\0a/Unit/u.service/id"s,
           "\0a//unit/u.service/id"s,
           "\0a/unit/u.service/id/more"s,
           "\0a/unit/u.service/.."s,
           "\0a/unit/u.service/a:b"s,
           "\0a/unit/u.service/a\nb"s,
           "\0a/unit/u.service/\xc3\xa4"s,
           "\0a/unit/../id"s,
           "\0a/unit/./id"s,
           "\0a/unit/.service/id"s,
           "\0a/unit/u./id"s,
           "\0a/unit/u/id"s,
           "\0a/unit/u v.service/id"s,
           "\0a/unit/u\0v.service/id"s,
           "\0a/unit/u\n.service/id"s,
       })
    EXPECT_EQ(parsed(name), "(refused)") << testing::PrintToString(name);
}

TEST(ProviderProtocolTest, SaysWhatItRefused) {
  const auto request = parse_peer_name("\0x\n"s);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, base::ErrorKind::refused);
  EXPECT_EQ(request.error().what, "the peer's socket name '\\x00x\\x0a' is none of systemd's");
}

TEST(HoldsRefusal, FindsTheBeginningOfOneAloneOrBehindAValue) {
  const auto holds = [](std::string_view text) { return holds_refusal(std::as_bytes(std::span(text))); };
  const std::string refusal(k_refusal_text);
  EXPECT_TRUE(holds(refusal));
  EXPECT_TRUE(holds(refusal + refusal + refusal.substr(0, 7)));
  EXPECT_TRUE(holds("the beginning of a value" + refusal));
  EXPECT_FALSE(holds(""));
  EXPECT_FALSE(holds("a value\n"));
}

}  // namespace
}  // namespace vmcred::credential
