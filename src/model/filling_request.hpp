// What a Request says about filling the inventory: vdbgen and macmap.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ctys::model {

// Folders and states stand in EnumerateOptions, as for ENUMERATE.
struct VdbgenOptions {
  bool append = false;              // keep whatever is in the file
  bool replace = false;             // drop what a scan reached and did not find
  bool to_stdout = false;           // --stdio: the file is left as it is
  bool keep_files = false;          // --splitted-keep-files
  unsigned progress = 0;            // 1: each plugin, 2: what the workers tell as well
  std::optional<unsigned> at_once;  // workers at the same time, 0: all of them; unset: the default
  std::string directory;            // --cacheDB; empty: the default
};

enum class MacSourceKind { dhcpd, dnsmasq, kea, libvirt, neighbours, ethers, hosts };
struct MacSource {
  MacSourceKind kind{};
  std::string
      path;  // a file, or the folder of libvirt's networks; empty: the usual place, or the kernel's table
};

enum class MacKey { name, mac, ip };

struct MacmapOptions {
  std::vector<std::string> patterns;  // a row must match them all
  std::vector<MacSource> sources;
  std::vector<std::string> hosts;  // to be asked for their MAC addresses
  std::string directories;         // -p a:b; empty: the default
  std::vector<MacKey> columns;     // in this order; empty: all
  std::optional<MacKey> sort;
  bool upper = false;
  bool replace = false;      // rows that no source tells are dropped
  bool print = false;        // what the sources tell goes to stdout, not to the file
  bool host_syntax = false;  // as host declarations of dhcpd.conf
  bool quiet = false;
  bool is_classic = false;  // called as ctys-macmap: status 0 where nothing matches
};

}  // namespace ctys::model
