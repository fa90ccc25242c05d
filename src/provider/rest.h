// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vmcred::provider {

// Gives the system what is not needed until the next question: free heap, and the program's own pages, which
// come back from its file, or rather from the page cache, when they are used.
void give_back_memory();

}  // namespace vmcred::provider
