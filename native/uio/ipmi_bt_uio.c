// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets processes sleep on the interrupt of an IPMI BT interface: /dev/uioN
 * counts it, all the rest they do from user space. While bound this driver is
 * the only writer of BT_INTMASK; it touches no other register and requests no
 * ports. The interrupt is disabled when the last process has closed /dev/uioN,
 * however that process ended, and while the driver comes and goes.
 */

#include <linux/bits.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>
#include <linux/uio_driver.h>

#define DRIVER_VERSION	"1.1"

/* BT_INTMASK (IPMI 2.0, 11.6.3): every write sets B2H_IRQ_EN, 1 clears B2H_IRQ. */
#define BT_INTMASK	2
#define B2H_IRQ_EN	BIT(0)
#define B2H_IRQ		BIT(1)
#define NOTHING_THERE	0xff

static unsigned int spacing = 1;
module_param(spacing, uint, 0444);
MODULE_PARM_DESC(spacing, "Ports from one register to the next: 1, 4 or 16");

struct bt_uio {
	struct uio_info info;
	unsigned long intmask;	/* port of BT_INTMASK */
	spinlock_t lock;	/* for its reads and writes */
	unsigned int opens;
	bool ready;		/* from the registration to the last disable */
};

static irqreturn_t bt_uio_handler(int irq, struct uio_info *info)
{
	struct bt_uio *bt = info->priv;
	bool ours;
	u8 mask;

	spin_lock(&bt->lock);
	mask = inb(bt->intmask);
	ours = mask != NOTHING_THERE && (mask & B2H_IRQ);
	if (ours)
		outb((mask & B2H_IRQ_EN) | B2H_IRQ, bt->intmask);
	spin_unlock(&bt->lock);
	return ours ? IRQ_HANDLED : IRQ_NONE;
}

/* Clears B2H_IRQ too: while it is latched no further interrupt is raised. */
static void bt_uio_set_enable(struct bt_uio *bt, bool on)
{
	unsigned long flags;

	spin_lock_irqsave(&bt->lock, flags);
	outb((on && READ_ONCE(bt->ready) ? B2H_IRQ_EN : 0) | B2H_IRQ, bt->intmask);
	spin_unlock_irqrestore(&bt->lock, flags);
}

static int bt_uio_irqcontrol(struct uio_info *info, s32 on)
{
	if (on != 0 && on != 1)
		return -EINVAL;
	bt_uio_set_enable(info->priv, on);
	return 0;
}

/* UIO calls open, release and irqcontrol one at a time, and none once unregistered. */
static int bt_uio_open(struct uio_info *info, struct inode *inode)
{
	struct bt_uio *bt = info->priv;

	/* The file exists before the interrupt is had, and may have to go again. */
	if (!READ_ONCE(bt->ready))
		return -ENODEV;
	bt->opens++;
	return 0;
}

static int bt_uio_release(struct uio_info *info, struct inode *inode)
{
	struct bt_uio *bt = info->priv;

	if (--bt->opens == 0)
		bt_uio_set_enable(bt, false);
	return 0;
}

static void bt_uio_leave(void *data)
{
	struct bt_uio *bt = data;

	/* Disabled for good while there is still a handler for the last one. */
	WRITE_ONCE(bt->ready, false);
	bt_uio_set_enable(bt, false);
	uio_unregister_device(&bt->info);
}

/* Firmware lists the ports in one range or each register's in its own. */
static bool bt_uio_has_port(struct platform_device *pdev, unsigned long port)
{
	struct resource *res;
	int i;

	for (i = 0; (res = platform_get_resource(pdev, IORESOURCE_IO, i)); i++)
		if (res->start <= port && port <= res->end)
			return true;
	return false;
}

static int bt_uio_probe(struct platform_device *pdev)
{
	struct resource *res = platform_get_resource(pdev, IORESOURCE_IO, 0);
	int irq = platform_get_irq_optional(pdev, 0);
	struct device *dev = &pdev->dev;
	unsigned long size = BT_INTMASK * spacing + 1;
	struct bt_uio *bt;
	int ret;

	if (spacing != 1 && spacing != 4 && spacing != 16)
		return dev_err_probe(dev, -EINVAL, "spacing %u is not 1, 4 or 16\n", spacing);
	if (!res)
		return dev_err_probe(dev, -ENODEV, "has no I/O ports\n");
	if (!bt_uio_has_port(pdev, res->start + size - 1))
		return dev_err_probe(dev, -EINVAL, "has no port for BT_INTMASK\n");
	if (irq < 0)
		return dev_err_probe(dev, irq, "has no interrupt\n");

	bt = devm_kzalloc(dev, sizeof(*bt), GFP_KERNEL);
	if (!bt)
		return -ENOMEM;
	spin_lock_init(&bt->lock);
	bt->intmask = res->start + size - 1;
	bt->info.name = "ipmi-bt";
	bt->info.version = DRIVER_VERSION;
	bt->info.port[0] = (struct uio_port){ .name = "bt", .start = res->start,
					      .size = size, .porttype = UIO_PORT_X86 };
	bt->info.irq = irq;
	bt->info.irq_flags = IRQF_SHARED;
	bt->info.priv = bt;
	bt->info.handler = bt_uio_handler;
	bt->info.irqcontrol = bt_uio_irqcontrol;
	bt->info.open = bt_uio_open;
	bt->info.release = bt_uio_release;

	/* Left enabled by whoever had it before, it would come at once. */
	bt_uio_set_enable(bt, false);
	ret = uio_register_device(dev, &bt->info);
	if (ret)
		return dev_err_probe(dev, ret, "cannot register interrupt %d\n", irq);
	WRITE_ONCE(bt->ready, true);
	return devm_add_action_or_reset(dev, bt_uio_leave, bt);
}

/* Without ids: a device comes to this driver only by its driver_override. */
static struct platform_driver bt_uio_driver = {
	.driver.name = KBUILD_MODNAME,
	.probe = bt_uio_probe,
};
module_platform_driver(bt_uio_driver);

MODULE_DESCRIPTION("Interrupts of an IPMI BT interface for user space");
MODULE_VERSION(DRIVER_VERSION);
MODULE_LICENSE("GPL");
