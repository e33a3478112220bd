// The actions, one file each. Each does all of its Request and returns the exit status.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/request.hpp"

namespace ctys::action {

[[nodiscard]] Exit list(const model::Request& request);  // LIST: sessions that run, and ctys' own clients
[[nodiscard]] Exit enumerate(const model::Request& request);    // ENUMERATE: stored machines
[[nodiscard]] Exit is_active(const model::Request& request);    // ISACTIVE
[[nodiscard]] Exit client_port(const model::Request& request);  // GETCLIENTPORT
[[nodiscard]] Exit info(const model::Request& request);         // INFO: what this host is and can
[[nodiscard]] Exit show(const model::Request& request);         // SHOW: how it is doing
[[nodiscard]] Exit plugins(const model::Request& request);
[[nodiscard]] Exit import(const model::Request& request);      // hosts that are known, into the group all
[[nodiscard]] Exit distribute(const model::Request& request);  // copies of ctys on other hosts
[[nodiscard]] Exit vping(const model::Request& request);       // do hosts answer?
[[nodiscard]] Exit doctor(const model::Request& request);      // what keeps hosts from working with ctys
[[nodiscard]] Exit create(const model::Request& request);
[[nodiscard]] Exit cancel(const model::Request& request);
[[nodiscard]] Exit attribute(const model::Request& request);
[[nodiscard]] Exit vhost(const model::Request& request);    // VHOST, FIND: the inventory
[[nodiscard]] Exit vdbgen(const model::Request& request);   // fill the inventory
[[nodiscard]] Exit macmap(const model::Request& request);   // look up or collect MAC addresses
[[nodiscard]] Exit jobs(const model::Request& request);     // what runs in the background
[[nodiscard]] Exit persist(const model::Request& request);  // connections that were kept
[[nodiscard]] Exit groups(const model::Request& request);   // groups of hosts, without contacting one

}  // namespace ctys::action
