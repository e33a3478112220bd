/* ctys/abi.h - the binary contract between ctys and a plugin.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain C on purpose: nothing of the C++ runtime crosses this line, so the main program and a plugin may be
 * built by different compilers and may carry different copies of libstdc++. Authors of plugins include
 * <ctys/plugin.hpp>.
 *
 * Rules of change: new members are appended to the end of a struct and raise MINOR; anything else raises
 * MAJOR. Every ctys_str is borrowed: valid until the call it was passed to returns. It need not end in NUL.
 * A plugin is loaded by a worker process only, used by one thread, for one action, and never unloaded.
 */
/* NOLINTBEGIN: this file is C */
#ifndef CTYS_ABI_H
#define CTYS_ABI_H

#include <stddef.h>
#include <stdint.h>

#define CTYS_ABI_MAGIC 0x53595443u /* "CTYS" */
#define CTYS_ABI_MAJOR 1u
#define CTYS_ABI_MINOR 4u

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctys_str {
  const char* ptr;
  size_t len;
} ctys_str;

/* One cell of a record: a number of <ctys/field.hpp> and its text. Readers ignore numbers they do not know.
 */
typedef struct ctys_cell {
  uint32_t field;
  uint32_t reserved;
  ctys_str value;
} ctys_cell;

/* KEY and value, canonical upper case key. A key without value has an empty one. */
typedef struct ctys_pair {
  ctys_str key;
  ctys_str value;
} ctys_pair;

enum {
  CTYS_ASKED_BY_TYPE = 1u << 0 /* the user named this plugin's type; unset: one of all types */
};

typedef struct ctys_request {
  uint32_t size;
  uint32_t flags;
  ctys_str endpoint;        /* one of those that endpoints() told; empty where the plugin has none */
  const ctys_pair* address; /* of the machine: LABEL, NAME, UUID, ID, ... */
  size_t address_count;
  const ctys_pair* options; /* of the action; docs/plugins.md lists them */
  size_t option_count;
  int32_t deadline_ms; /* time left; -1: none */
  int32_t stream;      /* console only: file descriptor of the byte stream, else -1 */
} ctys_request;

typedef struct ctys_call ctys_call; /* opaque: one action on one plugin */

/* One command on one host, for a transport. */
typedef struct ctys_link {
  ctys_str host;       /* name or address, as the user wrote it */
  ctys_str user;       /* empty: as the user's configuration says */
  uint32_t port;       /* 0: as the user's configuration says */
  int32_t deadline_ms; /* for the command to be ready; -1: none but those of each stage */
  int32_t stream;      /* socket for the bytes to and from the command; the transport's to close */
  uint32_t reserved;
} ctys_link;

enum {
  CTYS_MAY_ASK = 1u << 0,  /* a person at the terminal can be asked for passwords and unknown host keys */
  CTYS_MAY_COPY = 1u << 1, /* bundle() and `install` may be used */
  CTYS_TIME_RUNS = 1u << 2 /* while a person is asked, too: the deadlines of the links hold */
};

/* The steps of a link. One that ends with a failure was at the step behind the last it has reached. */
enum {
  CTYS_REACHED_NAME = 1,     /* the name stands for an address */
  CTYS_REACHED_PORT = 2,     /* a server accepted the connection */
  CTYS_REACHED_HOST_KEY = 3, /* it is the host it is taken for */
  CTYS_REACHED_LOGIN = 4,
  CTYS_REACHED_COMMAND = 5 /* the command runs, and is ready */
};

/* What a transport is asked for: the same command on many hosts, each with a byte stream to it. The commands
 * are constants of ctys; nothing that a user wrote is in them. Since 1.1. */
typedef struct ctys_transport {
  uint32_t size;
  uint32_t flags;
  const ctys_link* links;
  size_t link_count;
  const ctys_str* via; /* [user@]host[:port] of the hosts to go through, the nearest first */
  size_t via_count;
  ctys_str config;  /* configuration file to read in place of the user's; empty: the user's own */
  ctys_str command; /* for a POSIX shell */
  ctys_str ready;   /* a line of its output that begins so ends the noise before it; it is the first that is
                       handed on */
  ctys_str absent;  /* a line that begins so says that the command has to be installed first */
  ctys_str install; /* command that installs what bundle() gives it on its stdin */
  uint32_t fanout;  /* connections that are set up at the same time */
  uint32_t reserved;
  /* Bytes for `install`, valid until the transport returns; the line is the one that began with `absent`.
   * ptr null: there are none, and closed() has been called for the link. */
  ctys_str (*bundle)(ctys_call*, size_t link, ctys_str line);
  /* The last word on a link, called once for each, when all its bytes are in the stream. code 0: the command
   * ended by itself. `where` names the gateway that failed, if one did. */
  void (*closed)(ctys_call*, size_t link, int32_t code, ctys_str what, ctys_str why, ctys_str fix,
                 ctys_str where);
  /* A person is being asked (1), and has answered (0): time does not count meanwhile, but with
   * CTYS_TIME_RUNS. */
  void (*asking)(ctys_call*, int32_t begins);
  /* How far a link has come: each CTYS_REACHED_ step at most once, in their order, with a few words on how.
   * Since 1.2; null: nobody wants to know. */
  void (*reached)(ctys_call*, size_t link, int32_t step, ctys_str note);
  /* A file that says where this link leads, or that its host is the one it is taken for, called for each of
   * them once the command is ready. Not called where these are told by more than files, or files changed
   * meanwhile: such a link is not kept for another call. Since 1.3; null: nobody wants to know. */
  void (*rests_on)(ctys_call*, size_t link, ctys_str path);
  /* Where the configuration says that this link leads, once it is known: a name or an address, and a port;
   * behind (1): through other hosts, or through a command. At most once for each. Since 1.4; null: nobody
   * wants to know. */
  void (*leads_to)(ctys_call*, size_t link, ctys_str host, uint32_t port, int32_t behind);
} ctys_transport;

/* What a plugin may ask of ctys while an action runs. */
typedef struct ctys_host {
  uint32_t abi_major, abi_minor, size, reserved;
  /* level: 0 error, 1 warning, 2 info, 3 debug */
  void (*log)(ctys_call*, int32_t level, ctys_str text);
  /* Reports a failure; the action goes on until it returns, so several are possible. */
  void (*fail)(ctys_call*, int32_t exit_code, ctys_str what, ctys_str why, ctys_str fix, ctys_str where);
  /* Hands over one record, which is copied at once. */
  void (*emit)(ctys_call*, const ctys_cell* cells, size_t count);
  /* What is being waited for, for a progress line. Not kept. */
  void (*progress)(ctys_call*, ctys_str text);
} ctys_host;

/* Returns 0, or the exit code of the failure that was reported. */
typedef int32_t (*ctys_action_fn)(void* self, const ctys_request*, ctys_call*);
typedef void (*ctys_endpoint_fn)(void* receiver, ctys_str endpoint);

/* What ctys may ask of a plugin. A null action means "not supported". */
typedef struct ctys_plugin {
  uint32_t magic, abi_major, abi_minor, size;
  ctys_str type;     /* the word after -t, e.g. "QEMU": upper case letters and digits */
  ctys_str category; /* "HOSTs", "VMs" or "PMs" */
  ctys_str version;
  ctys_str summary; /* one line */
  void* (*open)(const ctys_host*, ctys_call*);
  void (*close)(void* self);
  /* Names what is to be asked separately, e.g. two libvirt connections: each gets a worker and a deadline of
   * its own. Null: the plugin is one. Must not block and must not contact a hypervisor. */
  void (*endpoints)(void* self, const ctys_request*, void* receiver, ctys_endpoint_fn);
  ctys_action_fn probe;     /* is it usable here, with what capabilities: one record */
  ctys_action_fn list;      /* sessions, one record each */
  ctys_action_fn enumerate; /* stored machines, one record for each interface */
  ctys_action_fn show;      /* a report about this moment: topic, key, value */
  ctys_action_fn create;    /* starts one machine */
  ctys_action_fn cancel;    /* stops one machine */
  ctys_action_fn attribute; /* reads and writes the attributes of one machine */
  ctys_action_fn console;   /* copies bytes between a machine's console and `stream` until one of them ends */
  /* Since 1.1. Brings all links to their end; null: the plugin is no transport. */
  int32_t (*transport)(void* self, const ctys_transport*, ctys_call*);
} ctys_plugin;

/* The only symbol a plugin exports. */
const ctys_plugin* ctys_plugin_entry(void);

#ifdef __cplusplus
}
#endif
#endif
/* NOLINTEND */
