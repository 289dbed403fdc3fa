/** The HTTP/1.1 front on Helidon's listener. */
@NullMarked
package fairlead.server.http;

import org.jspecify.annotations.NullMarked;
