// SPDX-License-Identifier: Apache-2.0
// Source: RFC 5280.
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "config/name_rules.h"
#include "vars/kinds/kinds.h"
#include "vars/kinds/openssl.h"

namespace vmcred::vars {
namespace {

using base::Result;
using config::Certificate;
using GeneralNames = crypto::OpensslPointer<GENERAL_NAMES, GENERAL_NAMES_free>;
using Extension = crypto::OpensslPointer<X509_EXTENSION, X509_EXTENSION_free>;
using Serial = crypto::OpensslPointer<BIGNUM, BN_free>;

// Of 159 bits: positive, and at most 20 bytes (section 4.1.2.2).
bool set_serial(X509* certificate) {
  const Serial serial(BN_new());
  return serial != nullptr && BN_rand(serial.get(), 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, unsigned days) {
  return X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), static_cast<int>(days), 0, nullptr) != nullptr;
}

bool set_subject(X509* certificate, const std::string& common_name) {
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool add_extension(X509* certificate, X509V3_CTX* context, int nid, const char* value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, context, nid, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_name(GENERAL_NAMES* names, const std::string& text) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(text.c_str());
  GENERAL_NAME* name = GENERAL_NAME_new();
  if (address != nullptr) {
    GENERAL_NAME_set0_value(name, GEN_IPADD, address);
  } else {
    ASN1_IA5STRING* host = ASN1_IA5STRING_new();
    ASN1_STRING_set(host, text.data(), static_cast<int>(text.size()));
    GENERAL_NAME_set0_value(name, GEN_DNS, host);
  }
  return sk_GENERAL_NAME_push(names, name) > 0;
}

// Clients look here alone; where nothing is said, a server is known by its common name.
bool add_alternative_names(X509* certificate, const Certificate& wanted) {
  std::vector<std::string> names = wanted.subject_alternative_names;
  if (names.empty() && !wanted.ca &&
      (config::is_host_name(wanted.common_name) || config::is_ip_address(wanted.common_name)))
    names.push_back(wanted.common_name);
  if (names.empty()) return true;
  const GeneralNames encoded(GENERAL_NAMES_new());
  for (const std::string& name : names)
    if (!add_name(encoded.get(), name)) return false;
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, encoded.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool add_extensions(X509* certificate, X509* issuer, const Certificate& wanted) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  return add_extension(certificate, &context, NID_basic_constraints,
                       wanted.ca ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
         add_extension(certificate, &context, NID_key_usage,
                       wanted.ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
         (wanted.ca || add_extension(certificate, &context, NID_ext_key_usage, "serverAuth,clientAuth")) &&
         add_extension(certificate, &context, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, &context, NID_authority_key_identifier, "keyid") &&
         add_alternative_names(certificate, wanted);
}

// Ed25519 hashes by itself.
bool sign(X509* certificate, EVP_PKEY* key) {
  const EVP_MD* digest = EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_sha256();
  return X509_sign(certificate, key, digest) > 0;
}

// The CA's certificate, or nothing where the certificate is its own.
Result<X509Certificate> read_issuer(const Sources& sources, EVP_PKEY* issuer_key) {
  if (sources.issuer_certificate.empty()) return X509Certificate();
  const Bio bio(BIO_new_mem_buf(sources.issuer_certificate.data(),
                                static_cast<int>(sources.issuer_certificate.size())));
  X509Certificate issuer(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (issuer == nullptr) return openssl_error("the issuer's certificate is no certificate in PEM");
  if (X509_check_private_key(issuer.get(), issuer_key) != 1)
    return openssl_error("the issuer's key does not belong to its certificate");
  return issuer;
}

Result<X509Certificate> build(const Certificate& wanted, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  X509Certificate made(X509_new());
  X509* certificate = made.get();
  const bool good = certificate != nullptr && X509_set_version(certificate, X509_VERSION_3) == 1 &&
                    set_serial(certificate) && set_validity(certificate, wanted.days) &&
                    set_subject(certificate, wanted.common_name) && X509_set_pubkey(certificate, key) == 1 &&
                    X509_set_issuer_name(
                        certificate, X509_get_subject_name(issuer == nullptr ? certificate : issuer)) == 1 &&
                    add_extensions(certificate, issuer == nullptr ? certificate : issuer, wanted) &&
                    sign(certificate, issuer_key);
  if (!good) return openssl_error("can't make a certificate");
  return made;
}

}  // namespace

Result<secret::SecretBuffer> make_tls_certificate(const Certificate& certificate, const Sources& sources) {
  VMCRED_TRY_ASSIGN(const Key key, read_private_key(sources.of, "the key"));
  const bool has_issuer = !sources.issuer_key.empty();
  Key issuer_key;
  if (has_issuer) { VMCRED_TRY_ASSIGN(issuer_key, read_private_key(sources.issuer_key, "the issuer's key")); }
  EVP_PKEY* signing_key = has_issuer ? issuer_key.get() : key.get();
  VMCRED_TRY_ASSIGN(const X509Certificate issuer, read_issuer(sources, signing_key));
  VMCRED_TRY_ASSIGN(const X509Certificate made, build(certificate, key.get(), issuer.get(), signing_key));
  const Bio bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_X509(bio.get(), made.get()) != 1)
    return openssl_error("can't make a certificate");
  return contents_of(bio.get());
}

}  // namespace vmcred::vars
