// SPDX-License-Identifier: Apache-2.0
#include "sops/document.h"

#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

// A document of one format, encrypted and written in another one.
base::Result<std::string> converted(std::string_view text, Format from, Format to, const Person& person,
                                    const EncryptOptions& options = {}) {
  const age::RecipientList recipients = person.recipients;
  VMCRED_TRY_ASSIGN(Document plain, parse_plain(bytes_of(text), from));
  VMCRED_TRY_ASSIGN(Document encrypted, encrypt(std::move(plain), {.groups = {&recipients, 1}}, options));
  encrypted.format = to;
  return emit_encrypted(std::move(encrypted));
}

TEST(Document, OfBinaryHoldsTheOneTextThatReadersTake) {
  const Person person = new_person();
  for (const std::string_view json :
       {R"({"k": "v"})", "{}", R"({"data": 5})", R"({"data": {"a": "b"}})", R"({"data": "x", "k": "y"})"}) {
    const auto result = converted(json, Format::json, Format::binary, person);
    EXPECT_EQ(failure_in(result), Failure::emitting) << json;
    EXPECT_NE(result.error().hint.find("--output-type json"), std::string::npos);
  }
  const std::string file = must(converted("# c\ndata: x\n", Format::yaml, Format::binary, person));
  EXPECT_EQ(must(decrypt_text(file, Format::binary, person)), "x");
}

TEST(Document, OfDotenvHoldsNoOpenValueThatWouldBeReadAsAnotherOne) {
  const Person person = new_person();
  for (const std::string_view json :
       {R"({"a_unencrypted": true})", R"({"a_unencrypted": "x\\ny"})", R"({"a_unencrypted": "ENC[\n]"})"}) {
    const auto result = converted(json, Format::json, Format::dotenv, person);
    EXPECT_EQ(failure_in(result), Failure::emitting) << json;
    EXPECT_NE(result.error().hint, "");
  }
  struct Case {
    std::string_view json;
    std::string_view dotenv;
  };
  for (const auto& [json, dotenv] :
       {Case{R"({"a": true, "b": "x\\ny"})", "a=True\nb=x\\ny\n"},
        Case{R"({"a_unencrypted": "ENC[\\n]"})", "a_unencrypted=ENC[\\n]\n"},
        Case{R"({"a_unencrypted": "x\ny"})", "a_unencrypted=x\\ny\n"},
        Case{R"({"a_unencrypted": 1.5, "b_unencrypted": null})", "a_unencrypted=1.5\nb_unencrypted=\n"}}) {
    const std::string file = must(converted(json, Format::json, Format::dotenv, person));
    EXPECT_EQ(must(emit_encrypted(must(close(must(open_text(file, Format::dotenv, person)))))), file);
  }
}

TEST(Document, OfDotenvMayHoldAnOpenTruthValueOutsideTheSeal) {
  const Person person = new_person();
  const std::string file = must(converted(R"({"a_unencrypted": true, "b": "x"})", Format::json,
                                          Format::dotenv, person, {.mac_only_encrypted = true}));
  EXPECT_EQ(must(decrypt_text(file, Format::dotenv, person)), "a_unencrypted=true\nb=x\n");
}

TEST(Document, HasNoKeyWhereItsFormatKeepsMetadata) {
  const Person person = new_person();
  EXPECT_EQ(failure_in(converted(R"({"sops_x": 1})", Format::json, Format::dotenv, person)),
            Failure::emitting);
  EXPECT_EQ(failure_in(converted("sops=1\n", Format::dotenv, Format::json, person)), Failure::emitting);
  EXPECT_EQ(failure_in(converted("sops=1\n", Format::dotenv, Format::yaml, person)), Failure::emitting);
  EXPECT_TRUE(converted("sops=1\n", Format::dotenv, Format::dotenv, person));
}

}  // namespace
}  // namespace vmcred::sops
