// Owned libvirt objects, and libvirt's failures in the words of ctys.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/plugin.hpp>

#include <libvirt/libvirt.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace ctys::libvirt {

namespace detail {
struct Free {
  void operator()(char* text) const noexcept {
    std::free(text);
  }  // NOLINT(cppcoreguidelines-no-malloc): libvirt's
  void operator()(virConnectPtr connection) const noexcept { virConnectClose(connection); }
  void operator()(virDomainPtr domain) const noexcept { virDomainFree(domain); }
  void operator()(virNetworkPtr network) const noexcept { virNetworkFree(network); }
  void operator()(virStreamPtr stream) const noexcept { virStreamFree(stream); }
};
}  // namespace detail

using Text = std::unique_ptr<char, detail::Free>;  // a string that libvirt allocated
using DomainHandle = std::unique_ptr<virDomain, detail::Free>;
using NetworkHandle = std::unique_ptr<virNetwork, detail::Free>;
using StreamHandle = std::unique_ptr<virStream, detail::Free>;

// libvirt's last error of this thread: its code and domain, 0 when there is none.
struct Reason {
  int code = 0;    // virErrorNumber
  int domain = 0;  // virErrorDomain
  std::string text;
};
[[nodiscard]] Reason last_reason();

// `reason` as why `what` failed on the connection of a URI. VIR_ERR_NO_DOMAIN becomes "gone meanwhile", a
// lost connection Exit::unreachable, missing rights a remedy; everything else is Exit::failed with libvirt's
// own words.
[[nodiscard]] Error explained(std::string what, const Reason& reason, std::string_view uri);
// Why no connection to a URI could be had.
[[nodiscard]] Error connect_error(const std::string& uri, const Reason& reason);

// The last error of libvirt, explained for the connection that was opened last.
[[nodiscard]] Error last_error(std::string what);
// The same, its words ending in the domain's name. libvirt forgets its last error in every call, and to ask
// for a name is one.
[[nodiscard]] Error last_error_of(virDomainPtr domain, std::string_view what);

enum class Access {
  read,   // read-only connection: needs no rights on most installations
  write,  // with keepalive, so that a daemon that dies is noticed within seconds
  any     // write where it is allowed, else read
};

// An open connection. libvirt is initialised by the first one; its messages on stderr are silenced for good.
class Connection {
 public:
  // Throws Error: unreachable, or usage for a URI that no driver understands. The URI is one to be shown:
  // where it is that of $LIBVIRT_DEFAULT_URI without the password, that one is opened.
  [[nodiscard]] static Connection open(std::string uri, Access wanted);

  // Leaves a connection open for the rest of the process, which ends right after a reading action: the test
  // driver needs longer to take a thousand machines down than to list them.
  static void keep_until_exit(Connection connection);

  [[nodiscard]] virConnectPtr get() const noexcept { return handle_.get(); }
  [[nodiscard]] const std::string& uri() const noexcept { return uri_; }
  [[nodiscard]] bool may_write() const noexcept { return may_write_; }

 private:
  Connection(virConnectPtr handle, std::string uri, bool may_write)
      : handle_(handle), uri_(std::move(uri)), may_write_(may_write) {}
  std::unique_ptr<virConnect, detail::Free> handle_;
  std::string uri_;
  bool may_write_;
};

// What the user calls the machine of a request: LABEL, else NAME, else UUID, else ID. For messages.
[[nodiscard]] std::string title_of(const Request& request);

// The domain a request means: looked up by UUID (by NAME when no UUID was given), its name checked again.
// Throws Error: refused when it has another name now, failed when it is gone, usage when the request names
// none.
[[nodiscard]] DomainHandle find_domain(const Connection& connection, const Request& request);

// Does the request name a domain, by UUID or name?
[[nodiscard]] bool names_domain(const Request& request);
// The existing machine file that the request's ID names; empty: there is none.
[[nodiscard]] std::string file_of(const Request& request);
// As find_domain(), but null when no such domain is defined while the request has a file: machines are
// enumerated from files before libvirt knows them.
[[nodiscard]] DomainHandle find_domain_unless_file(const Connection& connection, const Request& request);

[[nodiscard]] std::string uuid_of(virDomainPtr domain);
[[nodiscard]] std::string name_of(virDomainPtr domain);
// The domain's XML, live where it runs; `flags` are virDomainXMLFlags. Throws Error.
[[nodiscard]] std::string xml_of(virDomainPtr domain, unsigned flags = 0);

}  // namespace ctys::libvirt
