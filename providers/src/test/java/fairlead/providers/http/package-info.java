@NullMarked
package fairlead.providers.http;

import org.jspecify.annotations.NullMarked;
