-- A bug tracker: its tables, what fills them at first, and the questions that its pages ask.
create table person (
    id integer primary key, name varchar(80) not null, email varchar(120) unique,
    joined date default current_date, active boolean not null default true
);
create table project (id integer primary key, key char(4) not null, title text, lead integer references person(id));
create table ticket (
    id bigint primary key, project integer not null references project (id) on delete cascade,
    title text not null, body text, state varchar(12) check (state in ('open', 'doing', 'done', 'refused')),
    priority smallint default 3, opened timestamp not null, closed timestamp, author integer references person(id)
);
create table comment (id bigint primary key, ticket bigint references ticket(id), author integer, said timestamp, words text);
create table label (id integer primary key, name varchar(30), colour char(6));
create table ticket_label (ticket bigint, label integer, primary key (ticket, label));
create index ticket_state on ticket (project, state, priority desc);
create unique index label_name on label (lower(name));

insert into person (id, name, email) values (1, 'Ada', 'ada@example.org'), (2, 'Grace', 'grace@example.org'),
    (3, 'Edsger', 'edsger@example.org'), (4, 'Barbara', null);
insert into project values (1, 'CORE', 'The core of it all', 1), (2, 'DOCS', 'What people read', 2);
insert into label (id, name, colour) values (1, 'crash', 'ff0000'), (2, 'slow', 'ffaa00'), (3, 'question', '0000ff');
update ticket set state = 'doing', priority = priority - 1 where id in (select ticket from ticket_label where label = 1) and state = 'open';
update person set active = false where id not in (select distinct author from ticket where opened > '2026-01-01 00:00:00');
delete from comment where words is null or trim(words) = '' or said < now() - interval '10 years';

/* the front page */
select t.id, p.key || '-' || t.id as number, t.title, t.priority, a.name as author,
       count(distinct c.id) as comments, max(c.said) as last_word
from ticket t join project p on p.id = t.project
     left outer join person a on a.id = t.author
     left join comment c on c.ticket = t.id
where t.state <> 'done' and (t.priority <= 2 or t.opened >= current_date - 7)
group by t.id, p.key, t.title, t.priority, a.name
having count(distinct c.id) < 100
order by t.priority asc, last_word desc nulls last limit 50 offset 0;

-- who closes what
select a.name, date_trunc('month', t.closed) as month, count(*) as closed,
       avg(extract(epoch from t.closed - t.opened)) / 3600.0 as hours,
       rank() over (partition by date_trunc('month', t.closed) order by count(*) desc) as place
from ticket t inner join person a on a.id = t.author
where t.closed is not null and t.closed between '2025-01-01' and '2026-12-31'
group by a.name, date_trunc('month', t.closed)
order by 2, 5;

with recursive thread(id, ticket, said, depth) as (
    select id, ticket, said, 0 from comment where ticket = 42
    union all
    select c.id, c.ticket, c.said, thread.depth + 1 from comment c join thread on thread.ticket = c.ticket where thread.depth < 5
)
select depth, count(*), min(said), max(said) from thread group by depth order by depth;

select l.name, sum(case when t.state = 'open' then 1 else 0 end) as open,
       sum(case when t.state = 'done' then 1 else 0 end) as done,
       round(100.0 * sum(case t.state when 'refused' then 1 else 0 end) / nullif(count(*), 0), 1) as refused
from label l cross join lateral (select * from ticket_label tl join ticket t on t.id = tl.ticket where tl.label = l.id) as t
group by l.name order by open desc, l.name;

select p.title, (select count(*) from ticket t where t.project = p.id and t.state = 'open') as open_tickets
from project p where exists (select 1 from ticket t where t.project = p.id) and p.lead is not null
union select 'all', count(*) from ticket where state = 'open' order by 2 desc;

select coalesce(email, 'nobody@example.org') as address, length(name) * 2 + 1 as size, -id as minus_id
from person where not (active = false) and name like '%a%' and upper(name) not like 'X%' and id % 2 = 1;
