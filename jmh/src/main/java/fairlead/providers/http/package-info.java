/** Benchmarks of what this package keeps to itself. */
@NullMarked
package fairlead.providers.http;

import org.jspecify.annotations.NullMarked;
