// SPDX-License-Identifier: Apache-2.0
#include "vmm/json_body.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/machine.h"

namespace vmcred::vmm {
namespace {

using nlohmann::json;

std::string texts(const std::vector<BodyPiece>& body, std::string_view place) {
  std::string text;
  for (const auto& piece : body) {
    text += piece.text;
    if (piece.value != BodyPiece::Value::none) text += place;
  }
  return text;
}

TEST(JsonBodyTest, WhatIsWrittenIsWhatIsRead) {
  JsonBody body;
  body.begin_object().text("a", "b\"\\\n,{").number("n", 18'446'744'073'709'551'615ULL).flag("t", true);
  body.begin_object("empty").end_object().begin_array("list").text("x");
  body.later("k=", BodyPiece::Value::credential, 0).later("", BodyPiece::Value::credential, 1);
  body.begin_object().flag("f", false).end_object().end_array().later("p", "", BodyPiece::Value::file, 2);
  body.end_object();
  const auto pieces = std::move(body).take();
  EXPECT_EQ(json::parse(texts(pieces, "V")), (json{{"a", "b\"\\\n,{"},
                                                   {"n", 18'446'744'073'709'551'615ULL},
                                                   {"t", true},
                                                   {"empty", json::object()},
                                                   {"list", {"x", "k=V", "V", {{"f", false}}}},
                                                   {"p", "V"}}));
}

TEST(JsonBodyTest, BytesThatAreNoTextDoNotBreakTheBody) {
  JsonBody body;
  body.begin_object().text("path", "/a\xff").end_object();
  EXPECT_TRUE(json::accept(texts(std::move(body).take(), "")));
}

TEST(JsonBodyTest, TheSizeIsExactForCredentials) {
  const std::vector outlines = {CredentialOutline{.name = test_support::credential_name("A"), .size = 4},
                                CredentialOutline{.name = test_support::credential_name("B"), .size = 0}};
  JsonBody body;
  body.begin_object().later("a", "", BodyPiece::Value::credential, 0);
  body.later("b", "", BodyPiece::Value::credential, 1).end_object();
  const auto pieces = std::move(body).take();
  EXPECT_EQ(most_body_bytes(pieces, outlines), std::string_view(R"({"a":"AAAAAA==","b":""})").size());
}

}  // namespace
}  // namespace vmcred::vmm
