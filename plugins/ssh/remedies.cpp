// What a person may try where a host cannot be reached: the same way as here, by OpenSSH's own programs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.hpp"

#include <string>
#include <string_view>

namespace ctys::ssh {

std::string Node::jumps() const {
  std::string list;
  for (const auto* at = gateway_; at != nullptr; at = at->gateway())
    list.insert(0, text_of(at->place()).append(list.empty() ? "" : ","));
  return list;
}

std::string Node::ssh() const {
  const auto through = jumps();
  return command_of(shared_.config_file) + (through.empty() ? "" : " -J " + through);
}

// `place`: the file and line of the key that is known.
std::string Node::forget_fix(const std::string& known_as, std::string_view place) const {
  const std::string file(place.substr(0, place.rfind(':')));
  const bool is_usual = file.empty() || file == shared_.home + "/.ssh/known_hosts";
  return "somebody may be in between. If the host was set up anew: ssh-keygen -R " + quoted(known_as) +
         (is_usual ? "" : " -f " + quoted(file)) + ", then connect: " + ssh() + " HOST";
}

// ssh-keyscan knows no configuration: neither names of it, nor ports, nor gateways.
std::string Node::scan_fix() const {
  const auto port = config_.port == 22 ? std::string() : "-p " + std::to_string(config_.port) + " ";
  const auto scan = "ssh-keyscan " + port + config_.hostname;
  const auto known_as = config_.alias.empty() ? std::string() : ", under the name " + config_.alias;
  return "ask who runs it for the fingerprint of its key, compare it with what " + scan +
         (gateway_ == nullptr ? "" : " (run on " + text_of(gateway_->place()) + ")") +
         " | ssh-keygen -lf - shows, then add the key to " +
         (config_.known_hosts.empty() ? "your known hosts" : config_.known_hosts.front()) + known_as;
}

std::optional<Error> Node::delay() const {
  if (stage_ != Stage::logging_in || !login_ || login_->awaited() == nullptr) return std::nullopt;
  return login_->silence();
}

Error Node::unanswered(bool about_it) const {
  constexpr const char* kMoreTime = "give it more time with --deadline";
  if (stage_ == Stage::exchanging)
    return {Exit::deadline, "the question whether its host key is right was not answered in time",
            about_it ? "" : "it waited for the answer to another question",
            "compare the fingerprint, and accept it once: " + ssh() + " HOST; or " + kMoreTime};
  if (stage_ == Stage::logging_in)
    return {Exit::deadline, "the question for a passphrase or password was not answered in time",
            about_it ? "" : "it waited for the answer to another question",
            std::string("load the key into an agent: ssh-add; or ") + kMoreTime};
  return {Exit::deadline, "the host was not asked",
          "it waited for the answer to a question, which did not come", kMoreTime};
}

Error behind(const Node& gateway, Error error) {
  if (error.summary.starts_with(kCannotGoThrough)) return error;
  error.why = error.summary + (error.why.empty() ? "" : ": " + error.why);
  // What is to be tried is about the gateway.
  constexpr std::string_view kHost = " HOST";
  const auto& place = gateway.place();
  const auto who = " " + (place.user.empty() ? "" : place.user + "@") + place.host;
  for (auto at = error.fix.find(kHost); at != std::string::npos; at = error.fix.find(kHost))
    error.fix.replace(at, kHost.size(), who);
  error.summary = std::string(kCannotGoThrough) + text_of(gateway.place());
  return error;
}

// The login knows nothing of gateways.
bool Node::log_in() {
  try {
    return login_->step(session_.get());
  } catch (Error& error) {
    constexpr std::string_view kCopy = "ssh-copy-id ";
    const auto at = error.fix.find(kCopy);
    if (const auto through = jumps(); at != std::string::npos && !through.empty())
      error.fix.insert(at + kCopy.size(), "-o ProxyJump=" + through + " ");
    throw;
  }
}

}  // namespace ctys::ssh
