// Calls actions of the libvirt library directly and keeps what they deliver.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/plugin.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

// The opaque handle of one call: what the action told.
struct ctys_call {
  std::vector<std::map<ctys::Field, std::string>> rows;
  std::vector<ctys::Error> failures;
  std::vector<std::string> log;
};

namespace captured {

inline std::string text(ctys_str s) {
  return s.ptr == nullptr ? std::string() : std::string(s.ptr, s.len);
}

inline const ctys_host kHost{
    CTYS_ABI_MAJOR,
    CTYS_ABI_MINOR,
    sizeof(ctys_host),
    0,
    [](ctys_call* call, std::int32_t, ctys_str line) { call->log.push_back(text(line)); },
    [](ctys_call* call, std::int32_t code, ctys_str what, ctys_str why, ctys_str fix, ctys_str where) {
      call->failures.push_back(
          {static_cast<ctys::Exit>(code), text(what), text(why), text(fix), text(where)});
    },
    [](ctys_call* call, const ctys_cell* cells, std::size_t count) {
      std::map<ctys::Field, std::string> row;
      for (const auto& cell : std::span(cells, count))
        row[static_cast<ctys::Field>(cell.field)] = text(cell.value);
      call->rows.push_back(std::move(row));
    },
    [](ctys_call*, ctys_str) {}};

using Pairs = std::vector<std::pair<std::string, std::string>>;

// A request that owns its strings.
class Asked {
 public:
  Asked(std::string endpoint, Pairs address, Pairs options, bool by_type = true)
      : endpoint_(std::move(endpoint)), address_(std::move(address)), options_(std::move(options)) {
    for (const auto& [key, value] : address_) raw_address_.push_back({borrow(key), borrow(value)});
    for (const auto& [key, value] : options_) raw_options_.push_back({borrow(key), borrow(value)});
    raw_ = {sizeof raw_,
            by_type ? static_cast<std::uint32_t>(CTYS_ASKED_BY_TYPE) : 0U,
            borrow(endpoint_),
            raw_address_.data(),
            raw_address_.size(),
            raw_options_.data(),
            raw_options_.size(),
            -1,
            -1};
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  [[nodiscard]] ctys::Request request() const { return ctys::Request(raw_); }

 private:
  static ctys_str borrow(const std::string& s) { return {s.data(), s.size()}; }
  std::string endpoint_;
  Pairs address_;
  Pairs options_;
  std::vector<ctys_pair> raw_address_;
  std::vector<ctys_pair> raw_options_;
  ctys_request raw_{};
};

// Runs `action(request, call)`; what it threw is lost to the caller only if it is caught there.
template <class Action>
ctys_call run(const Asked& asked, Action action) {
  ctys_call told;
  ctys::Call call(kHost, &told);
  action(asked.request(), call);
  return told;
}

}  // namespace captured
