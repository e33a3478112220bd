// ctys/plugin.hpp - write a ctys plugin as an ordinary C++20 class.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   class Bhyve {
//    public:
//     void probe(const ctys::Request& request, ctys::Call& call);
//     void list(const ctys::Request& request, ctys::Call& call);
//   };
//   CTYS_PLUGIN(Bhyve, {.type = "BHYVE", .category = "VMs", .version = "1.0", .summary = "..."})
//
// An action exists when a member function of its name does. Report a failure by throwing ctys::Error; nothing
// else needs handling here. Everything in this header is inline: a plugin links against no ctys library.
// docs/plugins.md says what each action receives and delivers.
#pragma once

#include <ctys/abi.h>
#include <ctys/error.hpp>
#include <ctys/field.hpp>

#include <chrono>
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ctys {

enum class Level : std::int32_t { error, warning, info, debug };

namespace detail {
inline ctys_str borrow(std::string_view s) noexcept {
  return {s.data(), s.size()};
}
inline std::string_view view(ctys_str s) noexcept {
  return s.ptr == nullptr ? std::string_view{} : std::string_view{s.ptr, s.len};
}
inline std::optional<std::string_view> find(const ctys_pair* pairs, std::size_t count,
                                            std::string_view key) noexcept {
  for (const auto& pair : std::span(pairs, count))
    if (view(pair.key) == key) return view(pair.value);
  return std::nullopt;
}
}  // namespace detail

// What the user asked for. Views are valid until the action returns.
class Request {
 public:
  explicit Request(const ctys_request& raw) noexcept : raw_(&raw) {}
  [[nodiscard]] std::optional<std::string_view> address(std::string_view key) const noexcept {
    return detail::find(raw_->address, raw_->address_count, key);
  }
  [[nodiscard]] std::optional<std::string_view> option(std::string_view key) const noexcept {
    return detail::find(raw_->options, raw_->option_count, key);
  }
  [[nodiscard]] bool has(std::string_view key) const noexcept { return option(key).has_value(); }
  [[nodiscard]] std::span<const ctys_pair> options() const noexcept {
    return {raw_->options, raw_->option_count};
  }
  [[nodiscard]] std::string_view endpoint() const noexcept { return detail::view(raw_->endpoint); }
  // Did the user name this plugin's type, or is it asked as one of all?
  [[nodiscard]] bool asked_by_type() const noexcept { return (raw_->flags & CTYS_ASKED_BY_TYPE) != 0; }
  // Time left for the action when it was called; nullopt: none was set.
  [[nodiscard]] std::optional<std::chrono::milliseconds> deadline() const noexcept {
    if (raw_->deadline_ms < 0) return std::nullopt;
    return std::chrono::milliseconds(raw_->deadline_ms);
  }
  // The byte stream of a console; owned by ctys.
  [[nodiscard]] int stream() const noexcept { return raw_->stream; }

 private:
  const ctys_request* raw_;
};

// One row on its way to ctys. Empty values are left out.
class Row {
 public:
  Row& set(Field field, std::string value) {
    if (!value.empty()) cells_.emplace_back(field, std::move(value));
    return *this;
  }
  [[nodiscard]] const std::vector<std::pair<Field, std::string>>& cells() const noexcept { return cells_; }

 private:
  std::vector<std::pair<Field, std::string>> cells_;
};

// The way back to ctys while an action runs. Not valid after the action returned.
class Call {
 public:
  Call(const ctys_host& host, ctys_call* raw) noexcept : host_(&host), raw_(raw) {}

  void log(Level level, std::string_view text) const {
    host_->log(raw_, static_cast<std::int32_t>(level), detail::borrow(text));
  }
  void progress(std::string_view text) const { host_->progress(raw_, detail::borrow(text)); }
  // For failures that do not end the action; otherwise throw.
  void fail(const Error& error) const {
    host_->fail(raw_, static_cast<std::int32_t>(error.code), detail::borrow(error.summary),
                detail::borrow(error.why), detail::borrow(error.fix), detail::borrow(error.where));
  }
  void emit(const Row& row) const {
    std::vector<ctys_cell> raw;
    raw.reserve(row.cells().size());
    for (const auto& [field, value] : row.cells())
      raw.push_back({static_cast<std::uint32_t>(field), 0, detail::borrow(value)});
    host_->emit(raw_, raw.data(), raw.size());
  }

 private:
  const ctys_host* host_;
  ctys_call* raw_;
};

struct PluginInfo {
  std::string_view type;
  std::string_view category;
  std::string_view version;
  std::string_view summary;
};

namespace detail {

// The one place where C++ ends: no exception passes this function.
template <class Body>
std::int32_t guard(const ctys_host& host, ctys_call* call, Body&& body) noexcept {
  const auto fail = [&](Exit code, std::string_view what, std::string_view why, std::string_view fix,
                        std::string_view where) {
    host.fail(call, static_cast<std::int32_t>(code), borrow(what), borrow(why), borrow(fix), borrow(where));
    return static_cast<std::int32_t>(code);
  };
  constexpr std::string_view kReport = "please report this as a bug of the plugin";
  try {
    std::forward<Body>(body)();
    return static_cast<std::int32_t>(Exit::ok);
  } catch (const Error& e) {
    return fail(e.code, e.summary, e.why, e.fix, e.where);
  } catch (const std::exception& e) {
    return fail(Exit::defect, "the plugin failed unexpectedly", e.what(), kReport, {});
  } catch (...) {
    return fail(Exit::defect, "the plugin failed unexpectedly", "unknown exception", kReport, {});
  }
}

template <class P>
struct Instance {
  Instance(const ctys_host* h, P p) : host(h), plugin(std::move(p)) {}
  const ctys_host* host;
  P plugin;
};

template <class P>
void* open(const ctys_host* host, ctys_call* call) noexcept {
  void* made = nullptr;
  guard(*host, call, [&] { made = std::make_unique<Instance<P>>(host, P{}).release(); });
  return made;
}
template <class P>
void close(void* self) noexcept {
  delete static_cast<Instance<P>*>(self);
}

template <class P>
constexpr auto endpoints_thunk() -> decltype(ctys_plugin::endpoints) {
  if constexpr (requires(P & p, const Request& r) { p.endpoints(r); }) {
    return [](void* self, const ctys_request* request, void* receiver, ctys_endpoint_fn receive) noexcept {
      try {
        for (const std::string& name : static_cast<Instance<P>*>(self)->plugin.endpoints(Request(*request)))
          receive(receiver, borrow(name));
      } catch (...) {
        receive(receiver, ctys_str{nullptr, 0});  // the action itself will say what is wrong
      }
    };
  } else {
    return nullptr;
  }
}

#define CTYS_DETAIL_ACTION(name)                                                                    \
  template <class P>                                                                                \
  constexpr ctys_action_fn name##_thunk() {                                                         \
    if constexpr (requires(P & p, const Request& r, Call& c) { p.name(r, c); }) {                   \
      return [](void* self, const ctys_request* request, ctys_call* raw) noexcept -> std::int32_t { \
        auto& instance = *static_cast<Instance<P>*>(self);                                          \
        return guard(*instance.host, raw, [&] {                                                     \
          Call call(*instance.host, raw);                                                           \
          instance.plugin.name(Request(*request), call);                                            \
        });                                                                                         \
      };                                                                                            \
    } else {                                                                                        \
      return nullptr;                                                                               \
    }                                                                                               \
  }
CTYS_DETAIL_ACTION(probe)
CTYS_DETAIL_ACTION(list)
CTYS_DETAIL_ACTION(enumerate)
CTYS_DETAIL_ACTION(show)
CTYS_DETAIL_ACTION(create)
CTYS_DETAIL_ACTION(cancel)
CTYS_DETAIL_ACTION(attribute)
CTYS_DETAIL_ACTION(console)
#undef CTYS_DETAIL_ACTION

template <class P>
constexpr auto transport_thunk() -> decltype(ctys_plugin::transport) {
  if constexpr (requires(P & p, const ctys_transport& t, ctys_call* c) { p.transport(t, c); }) {
    return [](void* self, const ctys_transport* request, ctys_call* raw) noexcept -> std::int32_t {
      auto& instance = *static_cast<Instance<P>*>(self);
      return guard(*instance.host, raw, [&] { instance.plugin.transport(*request, raw); });
    };
  } else {
    return nullptr;
  }
}

template <class P>
constexpr ctys_plugin table(PluginInfo info) {
  constexpr bool kHasProbe = requires(P & p, const Request& r, Call& c) {
    p.probe(r, c);
  };
  static_assert(kHasProbe, "every plugin needs: void probe(const ctys::Request&, ctys::Call&)");
  return {CTYS_ABI_MAGIC,
          CTYS_ABI_MAJOR,
          CTYS_ABI_MINOR,
          sizeof(ctys_plugin),
          borrow(info.type),
          borrow(info.category),
          borrow(info.version),
          borrow(info.summary),
          open<P>,
          close<P>,
          endpoints_thunk<P>(),
          probe_thunk<P>(),
          list_thunk<P>(),
          enumerate_thunk<P>(),
          show_thunk<P>(),
          create_thunk<P>(),
          cancel_thunk<P>(),
          attribute_thunk<P>(),
          console_thunk<P>(),
          transport_thunk<P>()};
}
}  // namespace detail
}  // namespace ctys

#define CTYS_PLUGIN(Class, ...)                                                                 \
  extern "C" __attribute__((visibility("default"))) const ctys_plugin* ctys_plugin_entry() {    \
    static const ctys_plugin kTable = ctys::detail::table<Class>(ctys::PluginInfo __VA_ARGS__); \
    return &kTable;                                                                             \
  }
