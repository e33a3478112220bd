// The user's private keys and certificates.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

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

// As OpenSSH decides it (sshkey_perm_ok): who owns the file keeps it for himself.
bool is_exposed(const std::string& file) {
  constexpr mode_t kOthers = 077;
  struct stat found {};
  return ::stat(file.c_str(), &found) == 0 && found.st_uid == ::getuid() && (found.st_mode & kOthers) != 0;
}

// What an IdentityFile may name, too: its private half is an agent's.
bool is_public_half(const std::string& file) {
  constexpr std::string_view kBegin = "-----BEGIN";  // of a private key, which has the public one in it
  std::array<char, kBegin.size()> begin{};
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const ssize_t n = ::read(in.get(), begin.data(), begin.size());
  const std::string_view read(begin.data(), n < 0 ? 0 : static_cast<std::size_t>(n));
  return read != kBegin && !public_half(file, ssh_pki_import_pubkey_file).empty();
}

// libssh asks for a passphrase where there is one, and only then. OpenSSL's own way would be to ask at the
// terminal.
int note_question(const char* /*prompt*/, char* /*answer*/, std::size_t /*size*/, int /*echo*/,
                  int /*verify*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

}  // namespace

const Keys::File& Keys::load(const std::string& file) {
  const auto [at, is_new] = files_.try_emplace(file);
  auto& found = at->second;
  if (!is_new || ::access(file.c_str(), R_OK) != 0 || is_public_half(file)) return found;
  if (is_exposed(file)) {
    found.state = State::exposed;
    return found;
  }
  ssh_key raw = nullptr;
  bool asked = false;
  if (ssh_pki_import_privkey_file(file.c_str(), nullptr, note_question, &asked, &raw) == SSH_OK)
    found = {own(raw), State::open};
  else
    found.state = asked ? State::locked : State::broken;
  return found;
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
    if (load(file).state == State::locked) files.push_back(file);
  return files;
}

std::optional<Keys::Fault> Keys::fault(const Config& config) {
  for (const auto& file : config.identities) {
    const auto state = load(file).state;
    if (state == State::exposed)
      return Fault{"the private key " + file + " can be read by others, so it is ignored",
                   "keep it to yourself: chmod 600 " + quoted(file)};
    if (state == State::broken)
      return Fault{
          file + " is no private key that can be read",
          "put the whole private key there, or have IdentityFile of the SSH configuration name another file"};
  }
  return std::nullopt;
}

bool Keys::unlock(const std::string& file, const std::string& passphrase) {
  ssh_key raw = nullptr;
  if (ssh_pki_import_privkey_file(file.c_str(), passphrase.c_str(), nullptr, nullptr, &raw) != SSH_OK)
    return false;
  files_[file] = {own(raw), State::open};
  return true;
}

}  // namespace ctys::ssh
