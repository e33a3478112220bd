// Logging in.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "login.hpp"

#include "prompt.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace ctys::ssh {
namespace {

constexpr int kTries = 3;  // of a password or passphrase, as OpenSSH grants

constexpr std::string_view kKeys = "publickey";
constexpr std::string_view kQuestions = "keyboard-interactive";
constexpr std::string_view kPassword = "password";

// In which order they are tried; never empty.
std::vector<std::string_view> order_of(const Config& config) {
  std::vector<std::string_view> order;
  for (const auto& way : config.preferred)
    if (way == kKeys || way == kQuestions || way == kPassword) order.emplace_back(way);
  return order.empty() ? std::vector{kKeys, kQuestions, kPassword} : order;
}

// Empty: there is none.
std::string agent_of(const Config& config) {
  if (config.no_agent || !config.public_key) return {};
  if (!config.agent.empty()) return config.agent;
  const char* socket = std::getenv("SSH_AUTH_SOCK");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return socket == nullptr ? "" : socket;
}

// Keys somebody chose come before the many that an agent may hold: a server counts attempts.
bool are_chosen(const Config& config) {
  return std::any_of(config.identities.begin(), config.identities.end(),
                     [](const std::string& file) { return file.find("/.ssh/id_") == std::string::npos; });
}

}  // namespace

Login::Login(const Config& config, Keys& keys, AgentProbes& agents, std::string who, const Asker& asker)
    : config_(config), keys_(keys), agents_(agents), who_(std::move(who)), asker_(asker) {
  if (config.public_key) locked_ = keys.locked(config);
  // A server is not asked what it takes before the keys have been tried.
  if (order_of(config).front() == kKeys) plan_keys();
  if (plan_.empty()) plan_.push_back({Way::none, nullptr, {}, 0});  // asks what there is
}

void Login::plan_keys() {
  keys_planned_ = true;
  std::vector<Attempt> keys;
  if (config_.public_key)
    for (auto& key : keys_.usable(config_)) keys.push_back({Way::key, std::move(key), {}, 0});
  bool agent = !agent_of(config_).empty();
  if (agent && config_.identities_only) {
    chosen_ = keys_.public_only(config_);
    agent = !chosen_.empty();
  }
  const bool is_last = !config_.identities_only && are_chosen(config_);
  if (agent) keys.insert(is_last ? keys.end() : keys.begin(), {Way::agent, nullptr, {}, 0});
  std::move(keys.begin(), keys.end(), std::back_inserter(plan_));
}

bool Login::step(ssh_session session) {
  for (;;) {
    if (at_ == plan_.size() && !std::exchange(questions_planned_, true)) plan_questions(session);
    if (at_ == plan_.size()) give_up(session);
    const int answer = attempt(session, plan_[at_]);
    // A server that counts attempts may hang up instead of an answer.
    if (answer == SSH_AUTH_AGAIN && ssh_is_connected(session) != 0) return false;
    sent_ = false;
    secret_.clear();
    if (answer == SSH_AUTH_SUCCESS) return true;
    if (ssh_is_connected(session) == 0) give_up(session);
    ++at_;
    if (answer == SSH_AUTH_PARTIAL) plan_questions(session);  // accepted, and more is wanted
  }
}

std::string_view Login::how() const {
  constexpr std::array<std::string_view, 6> kWays{"without a question",      "with a key file",
                                                  "with a key of the agent", "with a key file",
                                                  "with an answer",          "with a password"};
  return kWays.at(static_cast<std::size_t>(plan_.at(at_).way));
}

int Login::attempt(ssh_session session, Attempt& now) {
  switch (now.way) {
    case Way::none:
      return ssh_userauth_none(session, nullptr);
    case Way::agent:
      return ask_agent(session);
    case Way::key:
      with_keys_ = true;
      return ssh_userauth_publickey(session, nullptr, now.key.get());
    case Way::passphrase:
      if (!now.key && !ask_passphrase(now)) return SSH_AUTH_DENIED;
      with_keys_ = true;
      return ssh_userauth_publickey(session, nullptr, now.key.get());
    case Way::keyboard:
      return answer_questions(session);
    case Way::password:
      if (!sent_) {
        const auto secret = asker_(shown(who_) + "'s password: ", false);
        if (!secret) return SSH_AUTH_DENIED;
        asked_ = sent_ = true;
        secret_ = *secret;
      }
      return ssh_userauth_password(session, nullptr, secret_.c_str());
  }
  return SSH_AUTH_DENIED;
}

// False: not yet, or not at all.
bool Login::agent_answers() {
  auto& probe = agents_.try_emplace(agent_of(config_), agent_of(config_)).first->second;
  const auto answer = probe.step();
  awaited_ = answer == AgentProbe::Answer::none_yet ? &probe : nullptr;
  agent_is_silent_ = answer == AgentProbe::Answer::silence;
  return answer == AgentProbe::Answer::something;
}

int Login::ask_agent(ssh_session session) {
  if (!agent_answers()) return agent_is_silent_ ? SSH_AUTH_DENIED : SSH_AUTH_AGAIN;
  with_keys_ = true;
  if (!chosen_.empty() && !agent_) {
    agent_ = std::make_unique<AgentFilter>(agent_of(config_), chosen_);
    const int socket = agent_->take();
    if (socket < 0) return SSH_AUTH_DENIED;
    ssh_set_agent_socket(session, socket);
  }
  return ssh_userauth_agent(session, nullptr);
}

Key Login::unlocked(const std::string& file) const {
  Config only = config_;
  only.identities = {file};
  const auto keys = keys_.usable(only);
  return keys.empty() ? nullptr : keys.front();
}

// False: nobody knows it.
bool Login::ask_passphrase(Attempt& now) {
  now.key = unlocked(now.file);  // for another host, meanwhile
  while (!now.key && now.tries < kTries) {
    const auto secret = asker_("Passphrase for " + shown(now.file) + ": ", false);
    ++now.tries;
    if (!secret) return false;
    if (keys_.unlock(now.file, *secret)) now.key = unlocked(now.file);
  }
  if (!now.key) asked_ = true;  // and none of the answers was the right one
  return now.key != nullptr;
}

int Login::answer_questions(ssh_session session) {
  for (;;) {
    const int state = next_question_ < 0 ? ssh_userauth_kbdint(session, nullptr, nullptr) : SSH_AUTH_INFO;
    if (state != SSH_AUTH_INFO) return state;
    next_question_ = std::max(next_question_, 0);
    const int count = ssh_userauth_kbdint_getnprompts(session);
    const char* instruction = ssh_userauth_kbdint_getinstruction(session);
    for (; next_question_ < count; ++next_question_) {
      const int i = next_question_;
      char echo = 0;
      const char* text = ssh_userauth_kbdint_getprompt(session, static_cast<unsigned>(i), &echo);
      std::string question = "(" + shown(who_) + ") ";
      if (i == 0 && instruction != nullptr && *instruction != '\0') question += shown(instruction) + "\n";
      question += shown(text == nullptr ? "" : text);
      const auto answer = asker_(question, echo != 0);
      if (!answer) {
        next_question_ = -1;
        return SSH_AUTH_DENIED;
      }
      asked_ = true;
      if (ssh_userauth_kbdint_setanswer(session, static_cast<unsigned>(i), answer->c_str()) < 0)
        return SSH_AUTH_ERROR;
    }
    next_question_ = -1;
  }
}

void Login::plan_questions(ssh_session session) {
  questions_planned_ = true;
  const auto methods = static_cast<unsigned>(ssh_userauth_list(session, nullptr));
  const bool may_ask = !config_.batch && asker_;
  const auto add = [&](Way way, bool wanted, unsigned method) {
    for (int i = 0; i < kTries && may_ask && wanted && (methods & method) != 0; ++i)
      plan_.push_back({way, nullptr, {}, 0});
  };
  // A password is what the server's questions ask for, too: the first of the two.
  const bool both = config_.keyboard && (methods & SSH_AUTH_METHOD_INTERACTIVE) != 0 && config_.password &&
                    (methods & SSH_AUTH_METHOD_PASSWORD) != 0;
  bool asked = false;
  for (const auto& way : order_of(config_)) {
    if (way == kKeys && !keys_planned_) plan_keys();
    if (way == kKeys && may_ask && config_.public_key && (methods & SSH_AUTH_METHOD_PUBLICKEY) != 0)
      for (const auto& file : locked_) plan_.push_back({Way::passphrase, nullptr, file, 0});
    if (way == kKeys || (both && std::exchange(asked, true))) continue;
    if (way == kQuestions) add(Way::keyboard, config_.keyboard, SSH_AUTH_METHOD_INTERACTIVE);
    if (way == kPassword) add(Way::password, config_.password, SSH_AUTH_METHOD_PASSWORD);
  }
}

void Login::give_up(ssh_session session) const {
  const auto methods = static_cast<unsigned>(ssh_userauth_list(session, nullptr));
  std::string why = with_keys_ ? "the server takes none of the keys" : "there is no key to log in with";
  if (!config_.public_key) why = "its SSH configuration allows no key";
  const bool person = (methods & (SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE)) != 0;
  std::string fix = "give it your key: ssh-copy-id HOST; or load a key: ssh-add";
  const auto locked = config_.public_key ? keys_.locked(config_) : std::vector<std::string>();
  const auto fault = config_.public_key ? keys_.fault(config_) : std::nullopt;
  if (ssh_is_connected(session) == 0) {
    why = std::string("the server closed the connection: ") + ssh_get_error(session);
    fix = "run the command again; if it stays so, see what the log of its SSH server says";
  } else {
    if (asked_) why = "what was typed was not accepted";
    if (!asked_ && !locked.empty() && !asker_) {
      why += ", and " + locked.front() + " is locked by a passphrase";
      fix = "unlock it for an agent: ssh-add " + quoted(locked.front()) +
            " (without an agent, first: eval $(ssh-agent)); or give the host another key: ssh-copy-id HOST";
    }
    if (agent_is_silent_) {
      why += ", and " + silence().why;
      fix = silence().fix;
    }
    if (fault) {
      why += ", and " + fault->why;
      fix = fault->fix + (with_keys_ ? "; or " + fix : "");
    }
    if (!asked_ && person && !asker_) why += ", and nobody can be asked for a password here";
  }
  throw Error(Exit::unreachable, "cannot log in", why, fix);
}

Error Login::silence() const {
  const bool is_configured = !config_.agent.empty();
  const std::string name = is_configured ? "IdentityAgent" : "SSH_AUTH_SOCK";
  return {Exit::unreachable, "cannot log in",
          "the SSH agent does not answer (" + name + " is " + agent_of(config_) + ")",
          is_configured
              ? "start that agent anew, or have IdentityAgent of the SSH configuration name another one"
              : "start an agent anew: eval $(ssh-agent); or go without one: unset SSH_AUTH_SOCK"};
}

}  // namespace ctys::ssh
