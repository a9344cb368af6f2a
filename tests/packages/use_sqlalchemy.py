"""The ORM over sqlite3: a schema, relations, cascades, queries, a transaction that fails."""


def use():
    from sqlalchemy import ForeignKey, String, create_engine, func, select
    from sqlalchemy.exc import IntegrityError
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = 'user'
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(30), unique=True)
        addresses: Mapped[list['Address']] = relationship(back_populates='user', cascade='all, delete-orphan')

    class Address(Base):
        __tablename__ = 'address'
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str]
        user_id: Mapped[int] = mapped_column(ForeignKey('user.id'))
        user: Mapped[User] = relationship(back_populates='addresses')

    # Annotations name classes of this function.
    globals().update(User=User, Address=Address)
    engine = create_engine('sqlite://')
    Base.metadata.create_all(engine)
    out = []
    with Session(engine) as session:
        for i in range(50):
            session.add(User(name=f'u{i}', addresses=[Address(email=f'{i}.{j}@x') for j in range(3)]))
        session.commit()
    with Session(engine) as session:
        user = session.scalars(select(User).where(User.name == 'u7')).one()
        out.append((user.name, [a.email for a in user.addresses]))
        session.delete(user)
        session.commit()
        grouped = select(User.name, func.count(Address.id)).join(Address).group_by(User.id).order_by(User.id)
        out.append([tuple(row) for row in session.execute(grouped.limit(3))])
        out.append(session.scalar(select(func.count()).select_from(Address)))
        session.add(User(name='u1'))
        try:
            session.commit()
        except IntegrityError as e:
            session.rollback()
            out.append((str(e.orig), e.orig.sqlite_errorname))
        out.append(session.scalar(select(func.count()).select_from(User)))
    return out


if __name__ == '__main__':
    for part in use():
        print(part)
