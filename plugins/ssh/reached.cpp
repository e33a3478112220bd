// What is told of the steps of a connection.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.hpp"

#include <ctys/abi.h>

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <utility>

namespace ctys::ssh {
namespace {

std::string in_numbers(const Address& address) {
  std::array<char, NI_MAXHOST> text{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as the interface is
  const auto* raw = reinterpret_cast<const sockaddr*>(&address.bytes);
  if (::getnameinfo(raw, address.size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return {};
  return text.data();
}

}  // namespace

std::string fingerprint_of(ssh_key key) {
  unsigned char* hash = nullptr;
  std::size_t size = 0;
  if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) return {};
  char* shown = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
  std::string print = shown == nullptr ? "" : shown;
  ssh_string_free_char(shown);
  ssh_clean_pubkey_hash(&hash);
  return print;
}

std::optional<Node::Way> Node::leads_to() const {
  if (config_.hostname.empty()) return std::nullopt;
  const bool by_command = !config_.proxy_command.empty() && !direct_;
  return Way{config_.hostname, config_.port, gateway_ != nullptr || !jumps_.empty() || by_command};
}

void Node::trust() {
  trusted_.clear();
  for (const auto& file : config_.known_hosts) trusted_.push_back(stamp_of(file));
  if (!config_.revoked.empty()) trusted_.push_back(stamp_of(config_.revoked));
}

std::vector<std::string> Node::rests_on() const {
  const auto* basis = shared_.answers.basis(place_);
  if (basis == nullptr || !holds(*basis) || !holds(trusted_)) return {};
  std::vector<std::string> files;
  if (gateway_ != nullptr) {
    files = gateway_->rests_on();
    if (files.empty()) return {};
  }
  for (const auto* stamps : {basis, &trusted_})
    for (const auto& stamp : *stamps) files.push_back(stamp.substr(stamp.find(' ') + 1));
  return files;
}

// A second try comes to the same places again.
void Node::reach(std::int32_t step, std::string how) {
  if (static_cast<std::size_t>(step) == reached_.size() + 1) reached_.push_back(std::move(how));
}

void Node::reach_name() {
  reach(CTYS_REACHED_NAME, gateway_ != nullptr ? config_.hostname + ", looked up by " + gateway_->name()
                                               : in_numbers(addresses_.front()));
}

void Node::reach_port() {
  auto port = "port " + std::to_string(config_.port);
  if (gateway_ != nullptr)
    port += " through " + gateway_->name();
  else if (next_address_ > 0)
    port.insert(0, in_numbers(addresses_[next_address_ - 1]) + " ");
  reach(CTYS_REACHED_PORT, std::move(port));
}

}  // namespace ctys::ssh
