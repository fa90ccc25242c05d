// SPDX-License-Identifier: Apache-2.0
#include "unit/sandbox.h"

namespace vmcred::unit {

const std::string_view k_common_sandbox =
    "NoNewPrivileges=yes\n"
    "CapabilityBoundingSet=\n"
    "AmbientCapabilities=\n"
    "PrivateMounts=yes\n"
    "PrivateTmp=yes\n"
    "PrivateIPC=yes\n"
    "PrivateUsers=yes\n"
    "ProtectSystem=strict\n"
    "ProtectControlGroups=yes\n"
    "ProtectKernelLogs=yes\n"
    "ProtectKernelModules=yes\n"
    "ProtectKernelTunables=yes\n"
    "ProtectClock=yes\n"
    "ProtectHostname=yes\n"
    "RestrictNamespaces=yes\n"
    "RestrictRealtime=yes\n"
    "RestrictSUIDSGID=yes\n"
    "LockPersonality=yes\n"
    "RemoveIPC=yes\n"
    "KeyringMode=private\n"
    "UMask=0077\n"
    "SystemCallArchitectures=native\n"
    "SystemCallFilter=@system-service\n"
    "SystemCallFilter=~@privileged @resources\n"
    "SystemCallErrorNumber=EPERM\n"
    "LimitCORE=0\n"
    "LimitMEMLOCK=64M\n";

const std::string_view k_foreign_sandbox =
    "NoNewPrivileges=yes\n"
    "PrivateMounts=yes\n"
    "ProtectProc=invisible\n"
    "ProtectKernelLogs=yes\n"
    "ProtectKernelModules=yes\n"
    "RestrictSUIDSGID=yes\n"
    "LockPersonality=yes\n"
    "KeyringMode=private\n"
    "LimitCORE=0\n"
    "SyslogLevelPrefix=no\n";

const std::string_view k_root_sandbox =
    "NoNewPrivileges=yes\n"
    "ProtectKernelLogs=yes\n"
    "ProtectKernelModules=yes\n"
    "ProtectClock=yes\n"
    "RestrictRealtime=yes\n"
    "LockPersonality=yes\n"
    "KeyringMode=private\n"
    "LimitCORE=0\n"
    "LimitMEMLOCK=64M\n"
    "MemorySwapMax=0\n";

}  // namespace vmcred::unit
