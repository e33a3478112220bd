// Logging in: keys, agent, and what only a person can answer, one after the other without blocking.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent.hpp"
#include "config.hpp"
#include "keys.hpp"

#include <ctys/error.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ctys::ssh {

// Somebody else is being asked: whoever wants to ask tries again from where it was.
struct AskLater {};
// Asks a person; nullopt: nobody can be asked. Throws AskLater.
using Asker = std::function<std::optional<std::string>(std::string_view question, bool echo)>;

class Login {
 public:
  Login(const Config& config, Keys& keys, AgentProbes& agents, std::string who, const Asker& asker);
  // True: logged in. False: call again when the session has news. Throws Error when no way is left.
  [[nodiscard]] bool step(ssh_session session);
  // In words, once it is done.
  [[nodiscard]] std::string_view how() const;
  // The agent that it waits for; nullptr: it waits for none.
  [[nodiscard]] const AgentProbe* awaited() const noexcept { return awaited_; }
  // Why it did not come further, where that is an agent that says nothing.
  [[nodiscard]] Error silence() const;

 private:
  enum class Way { none, key, agent, passphrase, keyboard, password };
  struct Attempt {
    Way way;
    Key key;
    std::string file;
    int tries = 0;  // of a passphrase
  };
  int attempt(ssh_session session, Attempt& now);
  int ask_agent(ssh_session session);
  bool agent_answers();
  int answer_questions(ssh_session session);
  [[nodiscard]] Key unlocked(const std::string& file) const;
  bool ask_passphrase(Attempt& now);
  void plan_keys();
  void plan_questions(ssh_session session);
  [[noreturn]] void give_up(ssh_session session) const;

  const Config& config_;
  Keys& keys_;
  AgentProbes& agents_;
  std::string who_;
  const Asker& asker_;
  std::vector<std::string>
      chosen_;  // public keys: the only ones that the agent may offer, where there are any
  std::unique_ptr<AgentFilter> agent_;
  const AgentProbe* awaited_ = nullptr;
  bool agent_is_silent_ = false;
  std::vector<Attempt> plan_;
  std::size_t at_ = 0;
  bool keys_planned_ = false;
  bool questions_planned_ = false;
  bool asked_ = false;
  std::vector<std::string> locked_;  // key files, when this began: another host may unlock them meanwhile
  bool with_keys_ = false;           // any was offered
  std::string secret_;               // of the attempt that is on its way
  bool sent_ = false;
  int next_question_ = -1;  // of those that the server has; less than 0: it is to be asked for them
};

}  // namespace ctys::ssh
