/**
 * Fills the cache before the guest tests: both kernels, a base layer and the module of this package
 * for each. Test files run side by side, and would all do it at once.
 */

import { cacheBase } from './initramfs.ts';
import { HeadersGone, buildUioModule } from './kernel-module.ts';
import { BACKPORTS_KERNEL, fetchKernel, forgetKernel } from './kernel.ts';

/** The kernels of Debian 12: its own, which is the default, and the newer one. */
const KERNEL_PACKAGES = [undefined, BACKPORTS_KERNEL];

export async function setup(): Promise<void> {
  for (const kernelPackage of KERNEL_PACKAGES) {
    try {
      await prepareKernel(kernelPackage);
    } catch (error) {
      if (!(error instanceof HeadersGone)) throw error;
      await forgetKernel(kernelPackage);
      await prepareKernel(kernelPackage);
    }
  }
}

async function prepareKernel(kernelPackage: string | undefined): Promise<void> {
  const kernel = await fetchKernel(kernelPackage);
  await cacheBase(kernel);
  await buildUioModule(kernel);
}
