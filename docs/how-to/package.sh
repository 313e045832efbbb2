rm -rf build/functions
pip install --target build/functions --only-binary=:all: --implementation cp \
  --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --python-version 3.13 .
du -sh build/functions
