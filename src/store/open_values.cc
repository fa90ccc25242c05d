// SPDX-License-Identifier: Apache-2.0
#include "store/open_values.h"

#include "base/text.h"
#include "store/secret_folder.h"
#include "store/tree_path.h"

namespace vmcred::store {

base::Result<secret::SecretBuffer> read_open_value(const View& view, const Places& places, const VarId& var) {
  VMCRED_TRY_ASSIGN(const auto text, view.read_file(path_in(var_folder(places, var), k_value)));
  if (!text) return not_generated(var);
  return secret::SecretBuffer::copy_of(std::as_bytes(std::span(*text)));
}

base::Result<void> stage_open_value(Transaction& transaction, const Places& places, const Value& value,
                                    bool keep_previous) {
  const std::string folder = var_folder(places, value.id);
  const std::string path = path_in(folder, k_value);
  const std::string previous = path_in(folder, k_previous_value);
  const std::string text(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
  VMCRED_TRY_ASSIGN(const auto old, transaction.read_file(path));
  if (old == text) return {};
  VMCRED_TRY(transaction.write_file(path, text));
  if (old && keep_previous) return transaction.write_file(previous, *old);
  return remove_if_there(transaction, previous);
}

base::Result<void> stage_validation_hash(Transaction& transaction, const Places& places,
                                         const GeneratorId& generator,
                                         const std::optional<std::string>& hash) {
  const std::string path = hash_path(places, generator);
  VMCRED_TRY_ASSIGN(const auto old, transaction.read_file(path));
  if (old == hash) return {};
  return hash ? transaction.write_file(path, *hash) : transaction.remove(path);
}

base::Result<void> stage_exchange(Transaction& transaction, const VarId& var, const std::string& current,
                                  const std::string& previous) {
  VMCRED_TRY_ASSIGN(const auto now, transaction.read_file(current));
  VMCRED_TRY_ASSIGN(const auto then, transaction.read_file(previous));
  if (!now || !then)
    return base::Error{.kind = base::ErrorKind::credential,
                       .what = base::concat(path_of(var), " has no previous version"),
                       .hint = "'vmcred vars rotate', 'set' and 'import' keep one; git has older ones"};
  VMCRED_TRY(transaction.write_file(current, *then));
  return transaction.write_file(previous, *now);
}

}  // namespace vmcred::store
