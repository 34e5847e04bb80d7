// The least that a start can take: a C program that does for a container what any engine has to do, from cold and with nothing else about it. New
// namespaces, an overlay, /proc, /sys, /dev, pivot_root, busybox true, and its end; if told so with cgroups and with a veth pair on a bridge besides.
//
//   floor [-n CYCLES] [-c CGROUP-PARENT]... [-u CGROUP2-PARENT] [-b BRIDGE] LOWER DIRECTORY
//
// LOWER is an unpacked image, DIRECTORY a place for upper and work directories. -c, once for each hierarchy of v1, and -u are directories in which one
// is made for the process. Prints a line a cycle: milliseconds until the process is reaped, and until all of it is gone again. Needs root, and a mount
// namespace of its own.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_HIERARCHIES = 32, PATH_SIZE = 4096 };

static const char *cgroups[MAX_HIERARCHIES];
static int cgroup_count;
static const char *cgroup2;
static const char *bridge;
static const char *lower;
static const char *directory;

#define VETH "floorveth"
#define CGROUP_NAME "floor"

static void die(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static const char *path(const char *format, ...)
{
    static char text[PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

static void put_file(const char *name, const char *content)
{
    int fd = open(name, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, content, strlen(content)) < 0)
        die(name);
    close(fd);
}

// Netlink

struct message {
    struct nlmsghdr header;
    char rest[1024];
};

static void put(struct message *message, unsigned short type, const void *data, size_t size)
{
    struct rtattr *attribute = (struct rtattr *)((char *)message + NLMSG_ALIGN(message->header.nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = RTA_LENGTH(size);
    if (size > 0)
        memcpy(RTA_DATA(attribute), data, size);
    message->header.nlmsg_len = NLMSG_ALIGN(message->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

static struct rtattr *open_nest(struct message *message, unsigned short type)
{
    struct rtattr *nest = (struct rtattr *)((char *)message + NLMSG_ALIGN(message->header.nlmsg_len));
    put(message, type, NULL, 0);
    return nest;
}

static void close_nest(struct message *message, struct rtattr *nest)
{
    nest->rta_len = (char *)message + NLMSG_ALIGN(message->header.nlmsg_len) - (char *)nest;
}

static void begin(struct message *message, unsigned short type, unsigned short flags, const void *family_header, size_t size)
{
    memset(message, 0, sizeof *message);
    message->header.nlmsg_type = type;
    message->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    message->header.nlmsg_len = NLMSG_LENGTH(size);
    memcpy(NLMSG_DATA(&message->header), family_header, size);
}

// `accepted` is an error that is as good as success.
static void ask_unless(int netlink, struct message *message, const char *what, int accepted)
{
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[1024];
    } answer;
    if (send(netlink, message, message->header.nlmsg_len, 0) < 0 || recv(netlink, &answer, sizeof answer, 0) < 0)
        die(what);
    errno = -answer.error.error;
    if (errno != 0 && errno != accepted)
        die(what);
}

static void ask(int netlink, struct message *message, const char *what)
{
    ask_unless(netlink, message, what, 0);
}

static int open_netlink(void)
{
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (netlink < 0)
        die("socket");
    return netlink;
}

static void make_veth(int netlink, pid_t pid)
{
    struct ifinfomsg none = {0}, up = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    struct message message;
    uint32_t master = if_nametoindex(bridge), target = pid;
    begin(&message, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &none, sizeof none);
    put(&message, IFLA_IFNAME, VETH, sizeof VETH);
    put(&message, IFLA_MASTER, &master, sizeof master);
    struct rtattr *info = open_nest(&message, IFLA_LINKINFO);
    put(&message, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = open_nest(&message, IFLA_INFO_DATA);
    struct rtattr *peer = open_nest(&message, VETH_INFO_PEER);
    memcpy((char *)&message + NLMSG_ALIGN(message.header.nlmsg_len), &none, sizeof none);
    message.header.nlmsg_len += NLMSG_ALIGN(sizeof none);
    put(&message, IFLA_IFNAME, "eth0", sizeof "eth0");
    put(&message, IFLA_NET_NS_PID, &target, sizeof target);
    close_nest(&message, peer);
    close_nest(&message, data);
    close_nest(&message, info);
    ask(netlink, &message, "making the veth");
    begin(&message, RTM_NEWLINK, 0, &up, sizeof up);
    put(&message, IFLA_IFNAME, VETH, sizeof VETH);
    ask(netlink, &message, "bringing up the veth");
}

static void delete_veth(int netlink)
{
    struct ifinfomsg none = {0};
    struct message message;
    begin(&message, RTM_DELLINK, 0, &none, sizeof none);
    put(&message, IFLA_IFNAME, VETH, sizeof VETH);
    // The kernel, which takes the namespace apart beside us, may have been first.
    ask_unless(netlink, &message, "deleting the veth", ENODEV);
}

// In the child: loopback up; with a veth its address, up, and the way out.
static void set_up_network(void)
{
    int netlink = open_netlink();
    struct message message;
    struct ifinfomsg loopback = {.ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    begin(&message, RTM_NEWLINK, 0, &loopback, sizeof loopback);
    ask(netlink, &message, "bringing up loopback");
    if (bridge) {
        uint32_t address = htobe32(0xC6336482), gateway = htobe32(0xC6336481); // 198.51.100.130 and .129 (RFC 5737)
        uint32_t index = if_nametoindex("eth0");
        struct ifaddrmsg place = {.ifa_family = AF_INET, .ifa_prefixlen = 25, .ifa_index = index};
        begin(&message, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &place, sizeof place);
        put(&message, IFA_LOCAL, &address, sizeof address);
        put(&message, IFA_ADDRESS, &address, sizeof address);
        ask(netlink, &message, "setting the address");
        struct ifinfomsg link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
        begin(&message, RTM_NEWLINK, 0, &link, sizeof link);
        ask(netlink, &message, "bringing up eth0");
        struct rtmsg route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
        begin(&message, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
        put(&message, RTA_GATEWAY, &gateway, sizeof gateway);
        ask(netlink, &message, "setting the default route");
    }
    close(netlink);
}

// The child

static void mount_at(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
    if (mount(source, target, type, flags, data) != 0)
        die(target);
}

static void mount_root(void)
{
    static const struct {
        const char *name;
        int minor;
    } devices[] = {{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}};
    char options[3 * PATH_SIZE];
    const unsigned long safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    mount_at("none", "/", NULL, MS_PRIVATE | MS_REC, NULL);
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, directory, directory);
    mount_at("overlay", path("%s/root", directory), "overlay", 0, options);
    if (chdir(path("%s/root", directory)) != 0)
        die("chdir");
    mkdir("proc", 0755);
    mkdir("sys", 0755);
    mount_at("proc", "proc", "proc", safe, NULL);
    mount_at("sysfs", "sys", "sysfs", safe | MS_RDONLY, NULL);
    mount_at("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=755,size=65536k");
    mkdir("dev/pts", 0755);
    mkdir("dev/shm", 0755);
    mkdir("dev/mqueue", 0755);
    mount_at("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
    mount_at("shm", "dev/shm", "tmpfs", safe, "mode=1777,size=65536k");
    mount_at("mqueue", "dev/mqueue", "mqueue", safe, NULL);
    for (size_t index = 0; index < sizeof devices / sizeof devices[0]; index++)
        if (mknod(path("dev/%s", devices[index].name), S_IFCHR | 0666, makedev(1, devices[index].minor)) != 0)
            die(devices[index].name);
}

static void be_container(int parent)
{
    char byte;
    mount_root();
    // In its cgroups, and with its veth.
    if (read(parent, &byte, 1) != 1)
        exit(1);
    if ((cgroup_count > 0 || cgroup2) && unshare(CLONE_NEWCGROUP) != 0)
        die("unshare");
    set_up_network();
    if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
        die("pivot_root");
    if (sethostname("floor", 5) != 0)
        die("sethostname");
    execl("/bin/busybox", "true", (char *)NULL);
    die("/bin/busybox");
}

// The parent

static void make_cgroups(void)
{
    for (int index = 0; index < cgroup_count; index++)
        if (mkdir(path("%s/" CGROUP_NAME, cgroups[index]), 0755) != 0)
            die(cgroups[index]);
    if (cgroup2 && mkdir(path("%s/" CGROUP_NAME, cgroup2), 0755) != 0)
        die(cgroup2);
}

static void enter_cgroups(pid_t pid)
{
    char number[16];
    snprintf(number, sizeof number, "%d", pid);
    for (int index = 0; index < cgroup_count; index++)
        put_file(path("%s/" CGROUP_NAME "/cgroup.procs", cgroups[index]), number);
}

// A process that has been reaped can be in its cgroup for a moment still.
static void remove_cgroup(const char *parent)
{
    while (rmdir(path("%s/" CGROUP_NAME, parent)) != 0)
        if (errno != EBUSY)
            die(parent);
}

static void remove_cgroups(void)
{
    for (int index = 0; index < cgroup_count; index++)
        remove_cgroup(cgroups[index]);
    if (cgroup2)
        remove_cgroup(cgroup2);
}

static void make_directories(void)
{
    static const char *const names[] = {"upper", "work", "root"};
    for (int index = 0; index < 3; index++)
        if (mkdir(path("%s/%s", directory, names[index]), 0755) != 0)
            die(names[index]);
}

// overlayfs leaves a directory in its work directory, and the mount points that the child made are in the upper one.
static void remove_directories(void)
{
    static const char *const names[] = {"work/work", "work", "upper/proc", "upper/sys", "upper", "root"};
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index++)
        if (rmdir(path("%s/%s", directory, names[index])) != 0 && errno != ENOENT)
            die(names[index]);
}

static pid_t spawn(int pair[2])
{
    struct clone_args arguments = {
        .flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET,
        .exit_signal = SIGCHLD,
    };
    int group = -1;
    if (cgroup2) {
        group = open(path("%s/" CGROUP_NAME, cgroup2), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
        if (group < 0)
            die(cgroup2);
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = group;
    }
    pid_t pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0)
        die("clone3");
    if (pid == 0) {
        close(pair[0]);
        be_container(pair[1]);
    }
    if (group >= 0)
        close(group);
    return pid;
}

static void cycle(void)
{
    int pair[2], status, netlink = bridge ? open_netlink() : -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        die("socketpair");
    double start = milliseconds();
    make_directories();
    make_cgroups();
    pid_t pid = spawn(pair);
    close(pair[1]);
    enter_cgroups(pid);
    if (bridge)
        make_veth(netlink, pid);
    if (write(pair[0], "", 1) != 1)
        die("write");
    if (waitpid(pid, &status, 0) != pid)
        die("waitpid");
    double ended = milliseconds();
    if (status != 0) {
        fprintf(stderr, "floor: the container's process ended with status %#x\n", status);
        exit(1);
    }
    if (bridge)
        delete_veth(netlink);
    remove_cgroups();
    remove_directories();
    printf("%.3f %.3f\n", ended - start, milliseconds() - start);
    close(pair[0]);
    if (bridge)
        close(netlink);
}

int main(int count, char **words)
{
    int cycles = 1, option;
    while ((option = getopt(count, words, "n:c:u:b:")) != -1) {
        switch (option) {
        case 'n':
            cycles = atoi(optarg);
            break;
        case 'c':
            if (cgroup_count == MAX_HIERARCHIES)
                return 2;
            cgroups[cgroup_count++] = optarg;
            break;
        case 'u':
            cgroup2 = optarg;
            break;
        case 'b':
            bridge = optarg;
            break;
        default:
            return 2;
        }
    }
    if (count - optind != 2) {
        fprintf(stderr, "usage: floor [-n CYCLES] [-c CGROUP-PARENT]... [-u CGROUP2-PARENT] [-b BRIDGE] LOWER DIRECTORY\n");
        return 2;
    }
    lower = words[optind];
    directory = words[optind + 1];
    while (cycles-- > 0)
        cycle();
    return 0;
}
