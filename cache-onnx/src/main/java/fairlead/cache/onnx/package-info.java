/** A sentence model in ONNX Runtime as a second judge; optional, not part of the gateway's jar. */
@NullMarked
package fairlead.cache.onnx;

import org.jspecify.annotations.NullMarked;
