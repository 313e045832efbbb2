rm -rf build/functions
pip install --target build/functions --constraint requirements.txt \
  --only-binary=:all: --implementation cp --python-version 3.13 \
  --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 .
rm -rf build/functions/lab               # proves and teaches; never deployed
du -sh build/functions
