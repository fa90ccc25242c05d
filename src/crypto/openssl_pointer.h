// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace vmcred::crypto {

// Owns an object of libcrypto's, whose function frees it: OpensslPointer<EVP_PKEY, EVP_PKEY_free>.
template <auto free_function>
struct OpensslDeleter {
  template <typename Object>
  void operator()(Object* object) const {
    free_function(object);
  }
};
template <typename Object, auto free_function>
using OpensslPointer = std::unique_ptr<Object, OpensslDeleter<free_function>>;

}  // namespace vmcred::crypto
