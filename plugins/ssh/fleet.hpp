// All links of one call in one poll loop: connections are shared, gateways come first, few at a time.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "link.hpp"
#include "node.hpp"

#include <ctys/abi.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::ssh {

class Fleet {
 public:
  Fleet(const ctys_transport& request, ctys_call* call);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  ~Fleet();
  void run();

 private:
  // The connection to a place through others, made at its first use. `via`: nearest first.
  Node& node_of(const Place& place, std::vector<Place> via, bool direct);
  void add_link(std::size_t number, const std::vector<Place>& via);
  void start_some();
  bool step_all();
  bool answer_all();
  [[nodiscard]] std::optional<std::string> ask_person(std::string_view question, bool echo);
  bool let_one_ask();
  void go_on_until(int readable);
  [[nodiscard]] bool is_held_up(const Link& link) const;
  [[nodiscard]] bool time_runs() const;
  bool give_up(std::size_t number);
  void follow_jumps(Node& node);
  bool make_room();
  Node& another(const Node& full);
  void fail_behind();
  void leave(Node* node);
  void tell_way(std::size_t number);
  void tell_reached(std::size_t number);
  void tell_basis(std::size_t number);
  void tell_done(std::size_t number);
  void wait(int readable = -1);

  const ctys_transport& request_;
  ctys_call* call_;
  Shared shared_;
  Node* may_ask_ = nullptr;  // one at a time
  bool asking_ = false;      // a question is open
  std::map<std::string, Node*> by_way_;
  std::map<const Node*, Node*> more_;        // the next connection to the same host
  std::deque<std::unique_ptr<Node>> nodes_;  // a gateway may come after who needs it
  std::vector<std::unique_ptr<Link>> links_;
  std::vector<bool> told_;
  std::vector<std::size_t> told_steps_;  // of each link
  std::vector<bool> told_basis_;
  std::vector<bool> told_way_;
};

}  // namespace ctys::ssh
