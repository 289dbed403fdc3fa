/** Benchmarks, and the check that holds them to their budgets. */
@NullMarked
package fairlead.jmh;

import org.jspecify.annotations.NullMarked;
