// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::cli {

// A file for an editor, in memory: in a folder of its own below /dev/shm that only this user may enter.
// Root's lies in a file system that only this process and its children see, so that it goes with them,
// however they end. Wiped and removed with the object.
class EditedFile {
 public:
  // `name` is what the editor shows; of a path, its last part counts.
  static base::Result<EditedFile> make(const std::string& name, crypto::Bytes contents);
  EditedFile(EditedFile&& other) noexcept;
  EditedFile& operator=(EditedFile&&) = delete;
  EditedFile(const EditedFile&) = delete;
  EditedFile& operator=(const EditedFile&) = delete;
  ~EditedFile();

  const std::string& path() const { return m_path; }

  // What it holds now. Editors replace files rather than change them.
  base::Result<secret::SecretBuffer> read() const;

 private:
  EditedFile() = default;

  std::string m_folder;
  std::string m_path;
  bool m_mounted = false;
};

}  // namespace vmcred::cli
