// Whose key the host has shown.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "known_hosts.hpp"
#include "node.hpp"

#include <string>

namespace ctys::ssh {
namespace {

Error revoked(const std::string& key, const std::string& place) {
  return {Exit::unreachable, "the host key is revoked", key + ", " + place,
          "do not trust this host before you know why; ask who runs it"};
}

}  // namespace

// False: not yet.
bool Node::verify() {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session_.get(), &raw) != SSH_OK)
    throw Error(Exit::unreachable, "cannot verify the host", ssh_get_error(session_.get()));
  const Key key = own(raw);
  char* text = nullptr;
  if (ssh_pki_export_pubkey_base64(raw, &text) != SSH_OK)
    throw Error(Exit::unreachable, "cannot verify the host", "its key cannot be read");
  const std::string base64 = text;
  ssh_string_free_char(text);
  const auto kind = ssh_key_type(raw);
  const char* ecdsa =
      kind == SSH_KEYTYPE_ECDSA_P256 || kind == SSH_KEYTYPE_ECDSA_P384 || kind == SSH_KEYTYPE_ECDSA_P521
          ? ssh_pki_key_ecdsa_name(raw)
          : nullptr;
  const std::string type = ecdsa != nullptr ? ecdsa : ssh_key_type_to_char(kind);
  const auto print = fingerprint_of(raw);
  if (!check_revoked(type, base64, print)) return false;
  const auto names = names_of(config_.hostname, config_.port, config_.alias);
  const Lines known(config_.known_hosts, names);
  const std::string what = "the host key is ";
  switch (known.judge(type, base64)) {
    case Verdict::known:
      reach(CTYS_REACHED_HOST_KEY, type + " " + print);
      break;
    case Verdict::revoked:
      throw revoked(type + " " + print, known.place(type, base64));
    case Verdict::changed:
      throw Error(Exit::unreachable, what + "not the one that is known",
                  "it has " + type + " " + print + ", another one stands in " + known.place(type, base64),
                  forget_fix(names.front(), known.place(type, base64)));
    case Verdict::authority:
      throw Error(
          Exit::unreachable, what + "not known",
          "only a certificate authority is (" + known.place(type, base64) + "), which ctys cannot check",
          scan_fix());
    case Verdict::unknown:
      ask_about(names.front(), type, base64, print);
  }
  return true;
}

// False: not yet. It goes before all that may be known of the key.
bool Node::check_revoked(const std::string& type, const std::string& base64, const std::string& print) {
  if (not_revoked_ || config_.revoked.empty()) return true;
  if (!revocation_) revocation_ = std::make_unique<Revocation>(config_.revoked, type, base64);
  const auto place = revocation_->step();
  if (!place) return false;
  if (!place->empty()) throw revoked(type + " " + print, *place);
  revocation_.reset();
  not_revoked_ = true;
  return true;
}

void Node::ask_about(const std::string& known_as, const std::string& type, const std::string& base64,
                     const std::string& print) {
  const Error unknown(Exit::unreachable, "the host key is not known", type + " " + print,
                      "compare the fingerprint, and accept it once: " + ssh() + " HOST");
  if (!shared_.asker || config_.batch) throw Error(unknown);
  const auto line = line_of(known_as, type, base64);
  const bool is_new = !shared_.judged.contains(line);
  if (is_new) {
    const auto answer = shared_.asker("The key of " + name() + " is not known: " + type + "\n  " + print +
                                          "\nIs it the right one (yes, no, or the fingerprint)? ",
                                      true);
    shared_.judged[line] = answer == "yes" || answer == print;
  }
  if (!shared_.judged[line]) throw Error(unknown);
  reach(CTYS_REACHED_HOST_KEY, type + " " + print + ", accepted now");
  if (config_.own_known_hosts == 0) return;
  if (is_new) remember(config_.known_hosts.front(), line);
  trust();
}

}  // namespace ctys::ssh
