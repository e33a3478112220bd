// The user's private keys and certificates.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys.hpp"

#include <unistd.h>

namespace ctys::ssh {
namespace {

Key with_certificate(const Key& key, const std::string& file) {
  ssh_key raw = nullptr;
  if (::access(file.c_str(), R_OK) != 0 || ssh_pki_import_cert_file(file.c_str(), &raw) != SSH_OK)
    return nullptr;
  const Key certificate = own(raw);
  Key both = own(ssh_key_dup(key.get()));
  if (!both || ssh_pki_copy_cert_to_privkey(certificate.get(), both.get()) != SSH_OK) return nullptr;
  return both;
}

using Import = int (*)(const char* file, ssh_key* key);

// Empty: the file has none.
std::string public_half(const std::string& file, Import import) {
  ssh_key raw = nullptr;
  if (::access(file.c_str(), R_OK) != 0 || import(file.c_str(), &raw) != SSH_OK) return {};
  const Key key = own(raw);
  char* text = nullptr;
  if (ssh_pki_export_pubkey_base64(key.get(), &text) != SSH_OK) return {};
  std::string half(text);
  ssh_string_free_char(text);
  return half;
}

}  // namespace

const Keys::File& Keys::load(const std::string& file) {
  const auto [at, is_new] = files_.try_emplace(file);
  if (!is_new || ::access(file.c_str(), R_OK) != 0) return at->second;
  ssh_key raw = nullptr;
  if (ssh_pki_import_privkey_file(file.c_str(), nullptr, nullptr, nullptr, &raw) == SSH_OK)
    at->second.key = own(raw);
  else
    at->second.locked = true;
  return at->second;
}

std::vector<Key> Keys::usable(const Config& config) {
  std::vector<Key> keys;
  std::vector<Key> plain;
  for (const auto& file : config.identities) {
    const auto& loaded = load(file);
    if (!loaded.key) continue;
    auto certificates = config.certificates;
    certificates.push_back(file + "-cert.pub");
    for (const auto& certificate : certificates) {
      const auto [at, is_new] = certified_.try_emplace(std::pair(file, certificate));
      if (is_new) at->second = with_certificate(loaded.key, certificate);
      if (at->second) keys.push_back(at->second);
    }
    plain.push_back(loaded.key);
  }
  keys.insert(keys.end(), plain.begin(), plain.end());
  return keys;
}

std::vector<std::string> Keys::public_only(const Config& config) {
  std::vector<std::string> halves;
  const auto add = [&](std::string half) {
    if (!half.empty()) halves.push_back(std::move(half));
  };
  for (const auto& file : config.identities) {
    if (load(file).key) continue;
    add(public_half(file + "-cert.pub", ssh_pki_import_cert_file));
    // As OpenSSH looks for it: beside the private half, or the file itself has the public one.
    auto half = public_half(file + ".pub", ssh_pki_import_pubkey_file);
    add(half.empty() ? public_half(file, ssh_pki_import_pubkey_file) : std::move(half));
  }
  if (!halves.empty())
    for (const auto& file : config.certificates) add(public_half(file, ssh_pki_import_cert_file));
  return halves;
}

std::vector<std::string> Keys::locked(const Config& config) {
  std::vector<std::string> files;
  for (const auto& file : config.identities)
    if (load(file).locked) files.push_back(file);
  return files;
}

bool Keys::unlock(const std::string& file, const std::string& passphrase) {
  ssh_key raw = nullptr;
  if (ssh_pki_import_privkey_file(file.c_str(), passphrase.c_str(), nullptr, nullptr, &raw) != SSH_OK)
    return false;
  files_[file] = {own(raw), false};
  return true;
}

}  // namespace ctys::ssh
