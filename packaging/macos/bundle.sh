#!/usr/bin/env bash
# Makes Fairlake.app beside the release build. Run on macOS after `cargo build --release`.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}/release"
app="$target/Fairlake.app/Contents"
rm -rf "$target/Fairlake.app"
mkdir -p "$app/MacOS" "$app/Resources"
cp "$target/fairlake" "$app/MacOS/"
cp packaging/macos/Info.plist "$app/"
icons="$(mktemp -d)/fairlake.iconset"
mkdir -p "$icons"
for size in 16 32 128 256; do
  sips -z "$size" "$size" resources/app.png --out "$icons/icon_${size}x${size}.png" >/dev/null
done
iconutil -c icns "$icons" -o "$app/Resources/fairlake.icns"
codesign --force --sign - "$target/Fairlake.app"
echo "$target/Fairlake.app"
