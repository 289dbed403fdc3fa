/**
 * The upstream HTTP/1.1 client: blocking sockets on virtual threads, pooled, with deadlines kept by
 * one sweeper.
 */
@NullMarked
package fairlead.providers.http;

import org.jspecify.annotations.NullMarked;
