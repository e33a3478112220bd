// An agent that tells of some of its keys only. libssh offers all that an agent tells of.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "handles.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ctys::ssh {

// Which keys are told of? `blob`: one as it stands on the wire.
using Chosen = std::function<bool(std::string_view blob)>;

// What an agent answered, without its length and without the keys that are not chosen. Other answers than a
// list of keys stay as they are; of a list that is broken nothing is told.
[[nodiscard]] std::string without_others(std::string_view answer, const Chosen& chosen);

[[nodiscard]] std::string base64(std::string_view bytes);

// Does the agent at `path` answer at all? libssh would wait for it without end, and all hosts with it. One
// that is there is asked for its keys, which takes no person, and is given a moment for that.
class AgentProbe {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  explicit AgentProbe(std::string path);
  enum class Answer { none_yet, something, silence };
  // Without waiting. "something" is also that there is no agent: libssh comes to know that at once.
  [[nodiscard]] Answer step();
  // Until it has answered: to be waited for, and no longer than that.
  [[nodiscard]] int fd() const noexcept { return agent_.get(); }
  [[nodiscard]] Instant limit() const noexcept { return limit_; }

 private:
  void connect();
  std::string path_;
  Instant limit_;
  Descriptor agent_;
  Answer answer_ = Answer::none_yet;
};

// By the path of each.
using AgentProbes = std::map<std::string, AgentProbe>;

// Stands between libssh, which waits for its agent, and the agent at `path`; for one login.
class AgentFilter {
 public:
  AgentFilter(const std::string& path, std::vector<std::string> blobs);
  AgentFilter(const AgentFilter&) = delete;
  AgentFilter& operator=(const AgentFilter&) = delete;
  ~AgentFilter();
  // The descriptor to ask, once; -1: there is no agent.
  [[nodiscard]] int take() noexcept { return ours_.release(); }

 private:
  void serve() const;
  std::vector<std::string> blobs_;  // of the chosen keys, in base64
  Descriptor ours_;
  Descriptor theirs_;
  Descriptor agent_;
  std::thread thread_;
};

}  // namespace ctys::ssh
