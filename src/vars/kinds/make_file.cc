// SPDX-License-Identifier: Apache-2.0
#include "vars/kinds/kinds.h"

namespace vmcred::vars {

base::Result<secret::SecretBuffer> make_file(const config::FileKind& kind, const Sources& sources) {
  switch (kind.type) {
    using enum config::FileKind::Type;
    case base64:
      return make_base64(kind.size);
    case hex:
      return make_hex(kind.size);
    case raw:
      return make_raw(kind.size);
    case alphanumeric:
      return make_alphanumeric(kind.size);
    case password:
      return make_password(kind.size);
    case uuid:
      return make_uuid();
    case password_hash:
      return make_password_hash(sources.of);
    case ssh_ed25519:
      return make_ssh_ed25519();
    case ssh_ed25519_public:
      return make_ssh_ed25519_public(sources.of);
    case wireguard:
      return make_wireguard();
    case wireguard_public:
      return make_wireguard_public(sources.of);
    case age:
      return make_age();
    case age_public:
      return make_age_public(sources.of);
    case tls_key:
      return make_tls_key(kind.algorithm);
    case tls_certificate:
      break;
  }
  return make_tls_certificate(kind.certificate, sources);
}

}  // namespace vmcred::vars
