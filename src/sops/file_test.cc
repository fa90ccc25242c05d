// SPDX-License-Identifier: Apache-2.0
#include "sops/file.h"

#include "sops/json.h"
#include "sops/test_keys.h"
#include "sops/value.h"

namespace vmcred::sops {
namespace {

constexpr std::string_view k_json_file =
    "{\n\t\"a\": \"one\",\n\t\"n\": 12,\n\t\"l\": [\n\t\t\"x\",\n\t\t\"x\",\n\t\ttrue\n\t],\n"
    "\t\"nil\": null,\n\t\"empty\": \"\",\n\t\"o_unencrypted\": 1.5\n}\n";
constexpr std::string_view k_dotenv = "#comment\nA=one\nB=two\\nlines\nEMPTY=\nC_unencrypted=open\n";

std::string all_bytes() {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  return bytes;
}

TEST(File, WhatIsEncryptedIsDecryptedAgain) {
  const Person person = new_person();
  const std::string bytes = all_bytes();
  struct Case {
    Format format;
    std::string_view text;
  };
  for (const auto& [format, text] :
       {Case{Format::json, k_json_file}, Case{Format::dotenv, k_dotenv}, Case{Format::binary, bytes},
        Case{Format::binary, ""}, Case{Format::json, "{}\n"}})
    EXPECT_EQ(must(decrypt_text(encrypt_text(text, format, person), format, person)), text);
}

TEST(File, NothingSecretStandsInAnEncryptedFile) {
  const Person person = new_person();
  const std::string file = encrypt_text(k_json_file, Format::json, person);
  EXPECT_EQ(file.find("one"), std::string::npos);
  EXPECT_EQ(file.find("12,"), std::string::npos);
  EXPECT_NE(file.find("1.5"), std::string::npos);
  EXPECT_EQ(encrypt_text(k_dotenv, Format::dotenv, person).find("comment\n"), std::string::npos);
}

TEST(File, WithoutAFittingIdentityNothingOpens) {
  const Person person = new_person();
  const Person other = new_person();
  const auto result = decrypt_text(encrypt_text(k_json_file, Format::json, person), Format::json, other);
  EXPECT_EQ(failure_in(result), Failure::no_key);
  EXPECT_NE(result.error().hint.find(person.name), std::string::npos);
}

TEST(File, WithoutAMacOnlyWhoIgnoresItReadsOn) {
  const Person person = new_person();
  const std::string file = encrypt_text(k_json_file, Format::json, person);
  Document document = must(parse_encrypted(bytes_of(file), Format::json));
  document.metadata.mac.clear();
  const std::string without = must(emit_encrypted(std::move(document)));
  EXPECT_EQ(failure_in(decrypt_text(without, Format::json, person)), Failure::mac_mismatch);
  EXPECT_EQ(must(decrypt_text(without, Format::json, person, MacCheck::ignored)), k_json_file);
}

TEST(File, PlaintextInThePlaceOfAnEncryptedValueIsRefused) {
  const Person person = new_person();
  const std::string file = encrypt_text(R"({"a": "x"})", Format::json, person);
  for (const std::string_view plain : {R"("plain")", "1", "true", R"("ENC[AES256_GCM,data:]")"}) {
    const std::size_t start = file.find("\"ENC[");
    const std::size_t end = file.find(']', start) + 2;
    std::string changed = file;
    changed.replace(start, end - start, plain);
    EXPECT_EQ(failure_in(decrypt_text(changed, Format::json, person, MacCheck::ignored)),
              Failure::decrypting_tree)
        << plain;
  }
}

TEST(File, ValuesThatChangedPlacesAreNoticed) {
  const Person person = new_person();
  const std::string file = encrypt_text("A=one\nB=two\n#c\n", Format::dotenv, person);
  const auto lines = lines_of(file);
  const std::string a = lines[0].substr(2);
  const std::string b = lines[1].substr(2);
  const std::string swapped = replaced(replaced(replaced(file, a, "?"), b, a), "?", b);
  EXPECT_EQ(failure_in(decrypt_text(swapped, Format::dotenv, person)), Failure::decrypting_tree);
  // Items of one list share their path: what notices is the MAC.
  const std::string list = encrypt_text(R"({"l": ["one", "two"]})", Format::json, person);
  auto items = lines_of(list);
  const std::string first = items[2].substr(2, items[2].rfind('"') - 1);
  const std::string second = items[3].substr(2, items[3].rfind('"') - 1);
  const std::string turned = replaced(replaced(replaced(list, first, "?"), second, first), "?", second);
  EXPECT_EQ(failure_in(decrypt_text(turned, Format::json, person)), Failure::mac_mismatch);
}

TEST(File, AValueDoesNotPassForAComment) {
  const Person person = new_person();
  const std::string file = encrypt_text("=value\n#comment\n", Format::dotenv, person);
  const auto lines = lines_of(file);
  const std::string swapped =
      replaced(replaced(replaced(file, lines[0], "?"), lines[1], "=" + lines[1].substr(1)), "?",
               "#" + lines[0].substr(1));
  EXPECT_EQ(failure_in(decrypt_text(swapped, Format::dotenv, person)), Failure::decrypting_tree);
}

TEST(File, AFileWithoutMetadataOrWithABadVersionIsAGenericFailure) {
  const Person person = new_person();
  EXPECT_EQ(failure_in(decrypt_text("{}", Format::json, person)), Failure::generic);
  EXPECT_EQ(failure_in(decrypt_text(R"({"sops": {}})", Format::json, person)), Failure::generic);
  EXPECT_EQ(failure_in(decrypt_text("A=1\n", Format::dotenv, person)), Failure::generic);
  EXPECT_EQ(failure_in(decrypt_text("", Format::dotenv, person)), Failure::generic);
  EXPECT_EQ(failure_in(decrypt_text("", Format::json, person)), Failure::unreadable);
  EXPECT_EQ(failure_in(decrypt_text("", Format::yaml, person)), Failure::empty_file);
  const std::string file = encrypt_text(k_json_file, Format::json, person);
  EXPECT_EQ(failure_in(decrypt_text(replaced(file, k_sops_version, "3.x"), Format::json, person)),
            Failure::generic);
}

TEST(File, MetadataKeysAreNotForValues) {
  EXPECT_EQ(failure_in(parse_plain(bytes_of(R"({"sops": 1})"), Format::json)), Failure::already_encrypted);
  EXPECT_EQ(failure_in(parse_plain(bytes_of("sops_x=1"), Format::dotenv)), Failure::already_encrypted);
  const Person person = new_person();
  auto opened = must(open_text(encrypt_text(k_json_file, Format::json, person), Format::json, person));
  EXPECT_EQ(failure_in(set_value(opened, {"sops"}, {must(make_leaf(Leaf::Type::string, "x"))})),
            Failure::already_encrypted);
}

// The file after an editor left `plain`.
std::string edited(std::string_view file, Format format, std::string_view plain, const Person& person) {
  OpenDocument opened = must(open_text(file, format, person));
  must(replace_values(opened, must(parse_plain(bytes_of(plain), format)).trees));
  return must(emit_encrypted(must(close(std::move(opened)))));
}

TEST(File, AnEditThatChangesNothingLeavesTheFileAsItWas) {
  const Person person = new_person();
  const std::string json = encrypt_text(k_json_file, Format::json, person);
  EXPECT_EQ(edited(json, Format::json, k_json_file, person), json);
  const std::string dotenv = encrypt_text(k_dotenv, Format::dotenv, person);
  EXPECT_EQ(edited(dotenv, Format::dotenv, k_dotenv, person), dotenv);
}

TEST(File, AnEditKeepsTheCiphertextOfWhatIsTheSame) {
  const Person person = new_person();
  const std::string before = encrypt_text(k_json_file, Format::json, person);
  const std::string plain = replaced(std::string(k_json_file), "12", "13");
  const std::string after = edited(before, Format::json, plain, person);
  EXPECT_EQ(must(decrypt_text(after, Format::json, person)), plain);
  EXPECT_LE(new_lines(before, after), 3U) << "the value, the MAC, and the time if the second has passed";
  EXPECT_GE(new_lines(before, after), 2U);
}

TEST(File, AnEditFindsValuesThatMovedWithinTheirPath) {
  const Person person = new_person();
  const std::string before = encrypt_text("A=1\n#c\nB=2\n", Format::dotenv, person);
  const std::string after = edited(before, Format::dotenv, "B=2\nNEW=3\nA=1\n#c\n", person);
  EXPECT_EQ(must(decrypt_text(after, Format::dotenv, person)), "B=2\nNEW=3\nA=1\n#c\n");
  EXPECT_LE(new_lines(before, after), 3U);
}

TEST(File, AValueOfAnotherTypeOrPathIsEncryptedAnew) {
  const Person person = new_person();
  const std::string before = encrypt_text(R"({"a": "1", "b": "1"})", Format::json, person);
  const std::string after = edited(before, Format::json, R"({"a": 1, "c": "1"})", person);
  EXPECT_EQ(must(decrypt_text(after, Format::json, person)), "{\n\t\"a\": 1,\n\t\"c\": \"1\"\n}\n");
}

TEST(File, SettingChangesOneValueAndTheMac) {
  const Person person = new_person();
  const std::string before = encrypt_text(k_json_file, Format::json, person);
  auto opened = must(open_text(before, Format::json, person));
  must(set_value(opened, {"l", std::size_t{1}}, {must(make_leaf(Leaf::Type::string, "y"))}));
  const std::string after = must(emit_encrypted(must(close(std::move(opened)))));
  EXPECT_EQ(must(decrypt_text(after, Format::json, person)),
            replaced(std::string(k_json_file), "\t\"x\",\n\t\ttrue", "\t\"y\",\n\t\ttrue"));
  EXPECT_LE(new_lines(before, after), 3U);
}

TEST(File, SettingTheSameValueLeavesTheFileAsItWas) {
  const Person person = new_person();
  const std::string before = encrypt_text(k_json_file, Format::json, person);
  auto opened = must(open_text(before, Format::json, person));
  must(set_value(opened, {"a"}, {must(make_leaf(Leaf::Type::string, "one"))}));
  EXPECT_FALSE(opened.changed);
  EXPECT_EQ(must(emit_encrypted(must(close(std::move(opened))))), before);
}

TEST(File, AnEncryptedCommentMayNotPassForTheRulesOwn) {
  const Person person = new_person();
  const age::RecipientList recipients = person.recipients;
  auto document = must(parse_plain(bytes_of("#x\nA=1\n"), Format::dotenv));
  EXPECT_EQ(failure_in(encrypt(std::move(document), {.groups = {&recipients, 1}},
                               {.rule = {Rule::Kind::unencrypted_comment_regex, "ENC"}})),
            Failure::encrypting_tree);
}

TEST(File, EveryRuleWithAndWithoutItsOwnKindOfMac) {
  const Person person = new_person();
  for (const auto kind : rule_kinds())
    for (const bool only_encrypted : {false, true}) {
      const bool is_suffix = field_name(kind).ends_with("suffix");
      const EncryptOptions options{.rule = {kind, is_suffix ? "A" : "^A$"},
                                   .mac_only_encrypted = only_encrypted};
      const std::string file = encrypt_text("#A\nA=1\nB=2\n#b\nC=3\n", Format::dotenv, person, options);
      EXPECT_EQ(must(decrypt_text(file, Format::dotenv, person)), "#A\nA=1\nB=2\n#b\nC=3\n")
          << field_name(kind);
    }
}

TEST(File, WithAMacOverEncryptedValuesOpenOnesMayChange) {
  const Person person = new_person();
  const std::string text = R"({"a": "x", "b_unencrypted": "open"})";
  const std::string narrow = encrypt_text(text, Format::json, person, {.mac_only_encrypted = true});
  EXPECT_TRUE(decrypt_text(replaced(narrow, "open\"", "shut\""), Format::json, person));
  const std::string wide = encrypt_text(text, Format::json, person);
  EXPECT_EQ(failure_in(decrypt_text(replaced(wide, "open\"", "shut\""), Format::json, person)),
            Failure::mac_mismatch);
}

// Three people, each a key group.
struct Groups {
  std::vector<Person> people;
  std::vector<age::RecipientList> lists;

  explicit Groups(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) people.push_back(new_person());
    for (const auto& person : people) lists.emplace_back(person.recipients);
  }

  // Those people's identities together.
  Person together(const std::vector<std::size_t>& which) {
    Person all;
    for (const std::size_t i : which) all.identities.push_back(std::move(people[i].identities.front()));
    return all;
  }
};

std::string encrypt_for(std::string_view plain, const Groups& groups, std::optional<unsigned> threshold) {
  auto document = must(parse_plain(bytes_of(plain), Format::json));
  return must(emit_encrypted(
      must(encrypt(std::move(document), {.groups = groups.lists, .shamir_threshold = threshold}))));
}

TEST(File, KeyGroupsNeedAsManyAsTheThresholdSays) {
  Groups two_of_three(3);
  const std::string file = encrypt_for(k_json_file, two_of_three, 2);
  EXPECT_EQ(must(decrypt_text(file, Format::json, two_of_three.together({0, 2}))), k_json_file);
  EXPECT_EQ(failure_in(decrypt_text(file, Format::json, two_of_three.people[1])), Failure::no_key);
}

TEST(File, WithoutAThresholdEveryGroupIsNeeded) {
  Groups groups(3);
  const std::string file = encrypt_for(k_json_file, groups, {});
  EXPECT_NE(file.find("\"shamir_threshold\": 3"), std::string::npos);
  const Person two = groups.together({0, 2});
  EXPECT_EQ(failure_in(decrypt_text(file, Format::json, two)), Failure::no_key);
  Groups all(3);
  const std::string other = encrypt_for(k_json_file, all, {});
  EXPECT_EQ(must(decrypt_text(other, Format::json, all.together({0, 1, 2}))), k_json_file);
}

TEST(File, ThresholdsThatMakeNoSenseAreRefused) {
  const Groups groups(2);
  for (const unsigned threshold : {0U, 1U, 3U}) {
    auto document = must(parse_plain(bytes_of(k_json_file), Format::json));
    EXPECT_EQ(
        failure_in(encrypt(std::move(document), {.groups = groups.lists, .shamir_threshold = threshold})),
        Failure::generic);
  }
}

TEST(File, NobodyIsNoRecipient) {
  auto document = must(parse_plain(bytes_of(k_json_file), Format::json));
  EXPECT_EQ(failure_in(encrypt(std::move(document), {.groups = {}})), Failure::generic);
  const age::RecipientList nobody;
  document = must(parse_plain(bytes_of(k_json_file), Format::json));
  EXPECT_EQ(failure_in(encrypt(std::move(document), {.groups = {&nobody, 1}})), Failure::generic);
}

TEST(File, UpdatingKeysOfGroupsSharesTheSameDataKeyAnew) {
  Groups groups(3);
  const std::string before = encrypt_for(k_json_file, groups, 2);
  Document document = must(parse_encrypted(bytes_of(before), Format::json));
  const std::string mac = document.metadata.mac;
  EXPECT_FALSE(must(update_keys(document, {.groups = groups.lists, .shamir_threshold = 2}, {})));
  const Person newcomer = new_person();
  const std::vector<age::RecipientList> lists = {groups.lists[0], newcomer.recipients};
  const Person two = groups.together({0, 1});
  EXPECT_TRUE(must(update_keys(document, {.groups = lists}, two.identities)));
  EXPECT_EQ(document.metadata.mac, mac);
  EXPECT_EQ(document.metadata.shamir_threshold, 2U);
  const std::string after = must(emit_encrypted(std::move(document)));
  EXPECT_EQ(failure_in(decrypt_text(after, Format::json, two)), Failure::no_key);
}

TEST(File, UpdatingKeysNeedsAnIdentityOnlyToAddSomebody) {
  const Person one = new_person();
  const Person two = new_person();
  const age::Recipients both = recipients_of_all({&one, &two});
  const age::RecipientList both_list = both;
  auto plain = must(parse_plain(bytes_of(k_json_file), Format::json));
  Document document = must(encrypt(std::move(plain), {.groups = {&both_list, 1}}));
  const AgeEntry kept = document.metadata.groups.front().age[1];
  const age::RecipientList only_two = two.recipients;
  EXPECT_TRUE(must(update_keys(document, {.groups = {&only_two, 1}}, {})));
  EXPECT_EQ(document.metadata.groups.front().age, (std::vector<AgeEntry>{kept}));
  EXPECT_EQ(failure_in(update_keys(document, {.groups = {&both_list, 1}}, one.identities)), Failure::no_key);
  EXPECT_TRUE(must(update_keys(document, {.groups = {&both_list, 1}}, two.identities)));
  EXPECT_EQ(document.metadata.groups.front().age.size(), 2U);
  EXPECT_EQ(document.metadata.groups.front().age.front(), kept);
}

TEST(File, RotatingChangesEveryCiphertextAndTheDataKey) {
  const Person one = new_person();
  const Person two = new_person();
  const std::string before = encrypt_text(k_json_file, Format::json, one);
  const age::RecipientList recipients = two.recipients;
  auto document = must(parse_encrypted(bytes_of(before), Format::json));
  const std::string after =
      must(emit_encrypted(must(rotate(std::move(document), {.groups = {&recipients, 1}}, one.identities))));
  EXPECT_EQ(must(decrypt_text(after, Format::json, two)), k_json_file);
  EXPECT_EQ(failure_in(decrypt_text(after, Format::json, one)), Failure::no_key);
  for (const auto& line : lines_of(before)) {
    const bool is_new = after.find(line) == std::string::npos;
    EXPECT_TRUE(is_new || line.find("ENC[") == std::string::npos) << line;
  }
}

TEST(File, RotatingWithoutAMacIsForWhoIgnoresIt) {
  const Person person = new_person();
  const std::string file = encrypt_text(k_json_file, Format::json, person);
  const age::RecipientList recipients = person.recipients;
  const auto rotated = [&](MacCheck check) {
    Document document = must(parse_encrypted(bytes_of(file), Format::json));
    document.metadata.mac.clear();
    return rotate(std::move(document), {.groups = {&recipients, 1}}, person.identities, check);
  };
  EXPECT_EQ(failure_in(rotated(MacCheck::required)), Failure::mac_mismatch);
  const std::string after = must(emit_encrypted(must(rotated(MacCheck::ignored))));
  EXPECT_EQ(must(decrypt_text(after, Format::json, person)), k_json_file);
}

TEST(File, OpensAgainWithTheDataKey) {
  const Person person = new_person();
  const std::string file = encrypt_text(k_json_file, Format::json, person);
  OpenDocument opened = must(open_text(file, Format::json, person));
  Document document = must(parse_encrypted(bytes_of(file), Format::json));
  auto again = must(open_with_data_key(std::move(document), std::move(opened.data_key), MacCheck::required));
  EXPECT_TRUE(equal_plaintext(again.document.trees.front(), opened.document.trees.front()));
  EXPECT_EQ(must(emit_encrypted(must(close(std::move(again))))), file);
}

TEST(File, RotatingRefusesKeysThatWouldLoseAccess) {
  const Person person = new_person();
  const std::string file = replaced(encrypt_text(k_json_file, Format::json, person), "\"version\"",
                                    "\"pgp\": [{\"enc\": \"p\", \"fp\": \"FP\"}], \"version\"");
  const age::RecipientList recipients = person.recipients;
  auto document = must(parse_encrypted(bytes_of(file), Format::json));
  EXPECT_EQ(failure_in(rotate(std::move(document), {.groups = {&recipients, 1}}, person.identities)),
            Failure::generic);
}

TEST(File, TellsItsRecipientsGroupByGroup) {
  const Groups groups(2);
  const auto document = must(parse_encrypted(bytes_of(encrypt_for(k_json_file, groups, {})), Format::json));
  const auto recipients = must(recipients_of(document.metadata));
  ASSERT_EQ(recipients.size(), 2U);
  EXPECT_EQ(recipients[0].front()->text(), groups.people[0].name);
  EXPECT_EQ(recipients[1].front()->text(), groups.people[1].name);
}

TEST(Document, FormatsAreToldByNames) {
  EXPECT_EQ(must(format_of_path("a/b.json")), Format::json);
  EXPECT_EQ(must(format_of_path("b.yml")), Format::yaml);
  EXPECT_EQ(must(format_of_path("b.yaml")), Format::yaml);
  EXPECT_EQ(must(format_of_path(".env")), Format::dotenv);
  EXPECT_EQ(must(format_of_path("json")), Format::binary);
  EXPECT_EQ(failure_in(format_of_path("x.ini")), Failure::generic);
  EXPECT_EQ(must(parse_format("dotenv")), Format::dotenv);
  EXPECT_EQ(failure_in(parse_format("ini")), Failure::generic);
  const auto unknown = parse_format("jsn");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().what.find("did you mean 'json'"), std::string::npos);
}

TEST(Failure, IsToldByItsNumber) {
  EXPECT_EQ(failure_of(failed(Failure::no_key, "x")), Failure::no_key);
  EXPECT_EQ(failure_of({.kind = base::ErrorKind::io, .what = "x"}), Failure::none);
  EXPECT_EQ(failure_of({.kind = base::ErrorKind::io, .what = "x", .detail = 0x100}), Failure::none);
}

}  // namespace
}  // namespace vmcred::sops
