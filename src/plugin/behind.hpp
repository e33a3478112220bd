// What a gateway says of the hosts behind it: each has one answer, and nobody else's row is touched.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugin/collect.hpp"
#include "wire/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ctys::plugin {

// Answers with the numbers of whom they are from.
using Numbered = std::vector<std::pair<std::size_t, Outcome>>;

class Behind {
 public:
  // `names`: what the hosts are called in rows and failures; their place is the number the gateway calls them
  // by.
  explicit Behind(const std::vector<std::string>& names);

  [[nodiscard]] bool empty() const { return parts_.empty(); }
  [[nodiscard]] std::size_t hosts() const { return parts_.size(); }
  [[nodiscard]] std::size_t records() const { return records_; }

  enum class Judged { taken, not_about_hosts, against_the_rules };
  // Takes what is about a host, or an error of the gateway itself; `gateway` is how it is called here.
  [[nodiscard]] Judged hear(wire::Message& message, const std::string& gateway);
  // The gateway has nothing more to say: of whom it did not tell, that is told. `acts`: it may have done what
  // it does not tell of.
  void end(const std::string& gateway, bool acts = false);
  // The gateway is not heard any more: that is what became of those it had not told of.
  void stop(const std::string& gateway, const Error& error, bool unfinished);

  // Those that are complete and were not taken yet.
  void take_complete(Numbered& all);
  // All that were not taken yet, as one.
  [[nodiscard]] Outcome take();

 private:
  struct Part {
    std::string name;
    Outcome outcome = {};
    bool complete = false;
    bool taken = false;
  };
  [[nodiscard]] bool hear_from(const wire::From& from, const std::string& gateway);

  std::vector<Part> parts_;
  std::optional<std::size_t> speaking_;  // whose what comes is
  std::optional<Error> own_error_;       // of the gateway
  std::size_t records_ = 0;
};

}  // namespace ctys::plugin
