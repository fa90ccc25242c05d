// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml.h"

#include "sops/failure.h"
#include "sops/text_sink.h"
#include "sops/yaml_builder.h"
#include "sops/yaml_events.h"
#include "sops/yaml_writer.h"

namespace vmcred::sops {
namespace {

constexpr unsigned k_default_indent = 4;
constexpr unsigned k_least_indent = 2;
constexpr unsigned k_most_indent = 9;

base::Result<unsigned> usable_indent(unsigned indent) {
  if (indent == 0) return k_default_indent;
  if (indent >= k_least_indent && indent <= k_most_indent) return indent;
  return failed(Failure::emitting, "YAML is indented by 2 to 9 spaces");
}

base::Result<void> write_documents(const std::vector<Map>& trees, unsigned indent, TextSink& sink) {
  for (const Map& tree : trees) {
    if (&tree != &trees.front()) sink.append("---\n");
    VMCRED_TRY(YamlWriter(indent, sink).document(tree));
  }
  return {};
}

}  // namespace

base::Result<std::vector<Map>> parse_yaml(crypto::Bytes text, Reading reading) {
  VMCRED_TRY_ASSIGN(const std::vector<YamlEvent> events, read_yaml_events(text));
  if (events.empty()) return failed(Failure::empty_file, "the file holds no value");
  return YamlBuilder(events, reading).build();
}

base::Result<secret::SecretBuffer> emit_yaml(const std::vector<Map>& trees, unsigned indent) {
  VMCRED_TRY_ASSIGN(const unsigned usable, usable_indent(indent));
  return secret_text([&](TextSink& sink) { return write_documents(trees, usable, sink); });
}

base::Result<secret::SecretBuffer> emit_yaml_value(const Node& value, unsigned indent) {
  VMCRED_TRY_ASSIGN(const unsigned usable, usable_indent(indent));
  return secret_text([&](TextSink& sink) { return YamlWriter(usable, sink).value(value); });
}

}  // namespace vmcred::sops
