// SPDX-License-Identifier: Apache-2.0
#include "sops/binary.h"

#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

TEST(Binary, HoldsAnyBytesAndEndsWithoutANewline) {
  const Person person = new_person();
  for (const std::string& plain : {std::string("\0\xff\r\n", 4), std::string(), std::string(100000, 'x')}) {
    const std::string file = must(encrypt_binary(bytes_of(plain), person.recipients));
    EXPECT_TRUE(file.starts_with("{\n\t\"data\": \""));
    EXPECT_TRUE(file.ends_with("\n\t}\n}"));
    EXPECT_EQ(file.find("_unencrypted"), std::string::npos);
    EXPECT_EQ(string_of(must(decrypt_binary(file, person.identities))), plain);
  }
}

TEST(Binary, TellsWhoHasAKeyWithoutOne) {
  const Person one = new_person();
  const Person two = new_person();
  std::string file = must(encrypt_binary(bytes_of("x"), recipients_of_all({&one, &two})));
  file = replaced(file, "\"version\"",
                  "\"pgp\": [{\"enc\": \"p\", \"fp\": \"FP\"}], \"kms\": [{\"arn\": \"A\", \"enc\": \"k\"}], "
                  "\"version\"");
  EXPECT_EQ(must(keys_of(file)), (std::vector<KeyReference>{{KeyReference::Type::age, one.name},
                                                            {KeyReference::Type::age, two.name},
                                                            {KeyReference::Type::pgp, "FP"},
                                                            {KeyReference::Type::other, "kms A"}}));
}

TEST(Binary, AddingSomebodyAddsOneEntryAndChangesNothingElse) {
  const Person one = new_person();
  const Person two = new_person();
  const std::string before = must(encrypt_binary(bytes_of("x"), one.recipients));
  const std::string after = must(with_recipients(before, recipients_of_all({&one, &two}), one.identities));
  EXPECT_EQ(string_of(must(decrypt_binary(after, two.identities))), "x");
  EXPECT_EQ(new_lines(before, after), 3U) << "a comma behind the brace, the new entry's two fields";
  EXPECT_EQ(must(with_recipients(after, recipients_of_all({&one}), {})), before);
}

TEST(Binary, TheSameRecipientsAreTheSameFile) {
  const Person one = new_person();
  const Person two = new_person();
  const std::string file = must(encrypt_binary(bytes_of("x"), recipients_of_all({&one, &two}))) + "\n";
  EXPECT_EQ(must(with_recipients(file, recipients_of_all({&two, &one, &two}), {})), file);
}

// The form of sops 3.9, with a key of another type.
std::string as_3_9_writes_it(std::string file, const Person& person) {
  const std::size_t enc = file.find("\"enc\": ");
  const std::size_t comma = file.find(",\n", enc);
  const std::string enc_field = file.substr(enc, comma - enc);
  const std::string recipient_field = "\"recipient\": \"" + person.name + "\"";
  file = replaced(file, enc_field + ",\n\t\t\t\t" + recipient_field,
                  recipient_field + ",\n\t\t\t\t" + enc_field);
  file = replaced(file, "\"sops\": {\n", "\"sops\": {\n\t\t\"kms\": null,\n\t\t\"gcp_kms\": null,\n");
  return replaced(
      file, "\t\t\"version\": \"3.13.2\"",
      "\t\t\"pgp\": [\n\t\t\t{\n\t\t\t\t\"created_at\": \"2024-01-01T00:00:00Z\",\n\t\t\t\t\"enc\": \"p\",\n"
      "\t\t\t\t\"fp\": \"FP\"\n\t\t\t}\n\t\t],\n\t\t\"unencrypted_suffix\": \"_unencrypted\",\n"
      "\t\t\"version\": \"3.9.1\"");
}

TEST(Binary, AFileOfAnOlderVersionKeepsItsForm) {
  const Person one = new_person();
  const Person two = new_person();
  const std::string before = as_3_9_writes_it(must(encrypt_binary(bytes_of("x"), one.recipients)), one);
  EXPECT_EQ(string_of(must(decrypt_binary(before, one.identities))), "x");
  const std::string after = must(with_recipients(before, recipients_of_all({&one, &two}), one.identities));
  EXPECT_EQ(new_lines(before, after), 3U) << after;
  EXPECT_EQ(must(with_recipients(after, one.recipients, {})), before);
  EXPECT_EQ(failure_in(with_new_data_key(before, one.recipients, one.identities)), Failure::generic);
}

TEST(Binary, ANewDataKeyMakesTheOldOneUseless) {
  const Person one = new_person();
  const Person two = new_person();
  const std::string before = must(encrypt_binary(bytes_of("x"), recipients_of_all({&one, &two})));
  const std::string after = must(with_new_data_key(before, one.recipients, one.identities));
  EXPECT_EQ(string_of(must(decrypt_binary(after, one.identities))), "x");
  EXPECT_EQ(failure_in(decrypt_binary(after, two.identities)), Failure::no_key);
  const std::size_t value = before.find("ENC[");
  EXPECT_EQ(after.find(before.substr(value, before.find(']', value) - value)), std::string::npos);
}

TEST(Binary, OtherDocumentsAreRefused) {
  const Person person = new_person();
  const std::string tree = encrypt_text(R"({"a": "x"})", Format::json, person);
  EXPECT_EQ(failure_in(decrypt_binary(tree, person.identities)), Failure::unreadable);
  EXPECT_EQ(failure_in(decrypt_binary("", person.identities)), Failure::unreadable);
  EXPECT_EQ(failure_in(decrypt_binary("secret", person.identities)), Failure::unreadable);
}

}  // namespace
}  // namespace vmcred::sops
