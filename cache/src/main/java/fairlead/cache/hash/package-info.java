/** Digests of requests that nobody can make collide who does not know the secret. */
@NullMarked
package fairlead.cache.hash;

import org.jspecify.annotations.NullMarked;
