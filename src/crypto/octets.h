// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/bytes.h"

namespace vmcred::crypto {

// The pointers that C libraries take. Nothing is copied.
inline const unsigned char* octets(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* octets(WritableBytes bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace vmcred::crypto
