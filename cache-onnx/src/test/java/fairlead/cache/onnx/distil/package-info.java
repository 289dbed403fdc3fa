/** Makes the token table of {@code fairlead.cache.embed} from the sentence model and a corpus. */
@NullMarked
package fairlead.cache.onnx.distil;

import org.jspecify.annotations.NullMarked;
