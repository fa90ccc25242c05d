// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

bool is_ca(const GeneratorFile& file) {
  return file.kind && file.kind->type == FileKind::Type::tls_certificate && file.kind->certificate.ca;
}

// What is wrong with the issuer, or "" once it is found.
std::string resolve(const Generator& generator, Certificate& certificate, const GeneratorIndex& index) {
  if (std::ranges::find(generator.dependencies, certificate.issuer) == generator.dependencies.end())
    return concat("issuer ", quoted(certificate.issuer), " is not among the dependencies of ",
                  quoted(generator.name), base::did_you_mean(certificate.issuer, generator.dependencies));
  const auto issuer = index.find(certificate.issuer);
  if (issuer == index.end()) return "";  // the dependency itself is a finding
  const auto& files = issuer->second->files;
  const auto count = std::ranges::count_if(files, is_ca);
  if (count != 1)
    return concat("issuer ", quoted(certificate.issuer), count == 0 ? " has no" : " has more than one",
                  " file of kind 'tls-certificate' with 'ca = true'");
  const GeneratorFile& found = *std::ranges::find_if(files, is_ca);
  certificate.issuer_certificate = found.name;
  certificate.issuer_key = found.kind->of;
  return "";
}

}  // namespace

void resolve_issuers(Context& context, const Node::Table& table, std::vector<Generator>& generators,
                     const GeneratorIndex& index) {
  for (std::size_t i = 0; i < generators.size(); ++i) {
    for (GeneratorFile& file : generators[i].files) {
      if (!file.kind || file.kind->certificate.issuer.empty()) continue;
      const std::string fault = resolve(generators[i], file.kind->certificate, index);
      if (fault.empty()) continue;
      const auto scope = context.findings.about({Subject::Kind::generator, table[i].key});
      context.findings.add(table[i].key_location, concat("file ", quoted(file.name), ": ", fault));
    }
  }
}

}  // namespace vmcred::config
